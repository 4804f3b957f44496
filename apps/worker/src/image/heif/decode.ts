import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { type DecodedItem, Libheif } from './libheif.ts'
import type { HeicPicture } from './picture.ts'
import { placeTile, type Tile } from './place.ts'
import { findsBlank } from './unwritten.ts'

/** Bytes a pixel that libheif holds while it decodes 16-bit samples, and its memory before any picture. */
const MEMORY_PER_PIXEL = 24
const BASE_MEMORY = 64 * 1024 ** 2
/** Bytes a pixel that a picture before this one may have left in the decoder's memory. */
const CLEARED_PER_PIXEL = 12

/** Values of memory before a picture. At each depth, grey differs much from black and from green. */
const [ZERO, GREY] = [0, 0x80]

/** Decodes the tiles one after the other, so that only one is in the decoder's memory.  @throws Error */
export async function decodePicture(
  file: Buffer,
  { placement, tiles, alpha }: HeicPicture,
): Promise<Buffer> {
  const channels = alpha ? 4 : 3
  const out = Buffer.alloc(placement.width * placement.height * channels)
  const largest = Math.max(...tiles.map(({ width, height }) => width * height))
  const lib = await Libheif.open(file, BASE_MEMORY + file.length + largest * MEMORY_PER_PIXEL)
  for (const tile of tiles) {
    decodeTile(lib, tile, channels, (pixels) => placeTile(out, channels, placement, tile, pixels))
    await setImmediate()
  }
  return out
}

/** Decodes a tile a second time, over other memory, if it may have pixels that the decoder did not write. */
function decodeTile(
  lib: Libheif,
  tile: Tile,
  channels: 3 | 4,
  use: (pixels: DecodedItem) => void,
): void {
  const pixelsOf = (memory: number, take: (pixels: DecodedItem) => void) => {
    lib.fillFreeMemory(tile.width * tile.height * CLEARED_PER_PIXEL, memory)
    lib.decode(tile.item, channels, (pixels) => {
      if (pixels.width < tile.width || pixels.height < tile.height)
        throw new Error('libheif returned a smaller picture than the header states')
      take(pixels)
    })
  }
  let first: string | undefined
  pixelsOf(ZERO, (pixels) => {
    if (findsBlank(pixels, channels)) first = digest(pixels, channels)
    if (pixels.premultiplied) undoPremultiplication(pixels.data)
    use(pixels)
  })
  if (first === undefined) return
  pixelsOf(GREY, (pixels) => {
    if (digest(pixels, channels) !== first)
      throw new Error('The stream ends before the picture is complete')
  })
}

/** Excludes the bytes between the end of a row and the stride: they are not part of the picture. */
function digest({ data, stride, width, height }: DecodedItem, channels: number): string {
  const hash = createHash('sha256')
  for (let y = 0; y < height; y++)
    hash.update(data.subarray(y * stride, y * stride + width * channels))
  return hash.digest('hex')
}

function undoPremultiplication(pixels: Uint8Array): void {
  for (let at = 0; at + 4 <= pixels.length; at += 4) {
    const alpha = pixels[at + 3] as number
    if (alpha === 0 || alpha === 255) continue
    for (let c = at; c < at + 3; c++)
      pixels[c] = Math.min(255, Math.round(((pixels[c] as number) * 255) / alpha))
  }
}
