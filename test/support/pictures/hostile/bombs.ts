import type { Reason } from '@visage/shared/errors/reasons'
import { gifOfSize, jpegOfSize, webpOfSize } from '../headers.ts'
import { flat, of } from '../pictures.ts'
import { animatedWebp } from './animation.ts'
import { gifFile, gifFrame } from './gif.ts'
import { type PngHeader, pngChunk, pngFile } from './png.ts'
import { scanBomb } from './scans.ts'
import { deflatedZeros, repeated } from './zeros.ts'

/** Small file that is expensive to decode, and its allowed outcomes. */
export interface Bomb {
  readonly name: string
  readonly make: () => Buffer | Promise<Buffer>
  /** Allowed outcomes. */
  readonly outcomes: readonly (Reason | 'ready')[]
}

const pixels = () => of(flat(64, 64, [220, 40, 40]))

const tooBig = (name: string, make: Bomb['make']): Bomb => ({
  name,
  make,
  outcomes: ['too_many_pixels'],
})

const emptyPng = (header: PngHeader) => pngFile(header, pngChunk('IDAT', deflatedZeros(1)))
const jpeg = async (progressive: boolean, width: number, height: number) =>
  jpegOfSize(await pixels().jpeg({ progressive }).toBuffer(), width, height)
const lossless = () => pixels().webp({ lossless: true }).toBuffer()

/** VP8 (RFC 6386, section 9.1): 14 bits a side, behind the frame tag and the start code. */
async function lossyWebp(width: number, height: number): Promise<Buffer> {
  const webp = await pixels().webp().toBuffer()
  const start = webp.indexOf('VP8 ') + 14
  webp.writeUInt16LE(width, start)
  webp.writeUInt16LE(height, start + 2)
  return webp
}

/** Bombs that the header reveals: no pixel of them is decoded. */
export const headerBombs: readonly Bomb[] = [
  tooBig('PNG of 30,000 by 30,000, 16 bits RGBA', () =>
    emptyPng({ width: 30_000, height: 30_000, depth: 16, colour: 6 }),
  ),
  tooBig('PNG of 16,000 by 16,000, 16 bits RGBA', () =>
    emptyPng({ width: 16_000, height: 16_000, depth: 16, colour: 6 }),
  ),
  tooBig('PNG of 16,384 by 16,384, 1 bit', () =>
    emptyPng({ width: 16_384, height: 16_384, depth: 1, colour: 0 }),
  ),
  tooBig('interlaced PNG of 8,000 by 8,001', () =>
    emptyPng({ width: 8000, height: 8001, interlaced: true }),
  ),
  tooBig('PNG of 9,999,999 by 1', () => emptyPng({ width: 9_999_999, height: 1 })),
  tooBig('progressive JPEG of 20,000 by 20,000', () => jpeg(true, 20_000, 20_000)),
  tooBig('progressive JPEG of 8,000 by 8,001', () => jpeg(true, 8000, 8001)),
  tooBig('JPEG of 16,000 by 16,000', () => jpeg(false, 16_000, 16_000)),
  tooBig('JPEG of 65,500 by 65,500', () => jpeg(false, 65_500, 65_500)),
  tooBig('lossless WebP of 16,383 by 16,383', async () =>
    webpOfSize(await lossless(), 16_383, 16_383),
  ),
  tooBig('lossy WebP of 16,383 by 16,383', () => lossyWebp(16_383, 16_383)),
  tooBig('animated WebP with a canvas of 16,383 by 16,383', () => animatedWebp(16_383, 16_383, 3)),
  tooBig('GIF of 65,535 by 65,535', async () =>
    gifOfSize(await pixels().gif().toBuffer(), 65_535, 65_535),
  ),
  {
    name: 'GIF of 10,000 frames',
    make: () => gifFile(64, 64, repeated(gifFrame({ width: 8, height: 8 }), 10_000)),
    outcomes: ['too_many_frames'],
  },
  {
    name: 'animated WebP of 10,000 frames',
    make: () => animatedWebp(64, 64, 10_000),
    outcomes: ['too_many_frames'],
  },
  {
    name: 'progressive JPEG of 5,000 scans',
    make: () => scanBomb(64, 64, 5000),
    outcomes: ['timed_out'],
  },
]

/** ISO/IEC 14496-12, section 8.11: the sides are in the `ispe` property, whatever the picture itself has. */
export async function avifOfSize(width: number, height: number): Promise<Buffer> {
  const avif = await pixels().avif().toBuffer()
  const sides = avif.indexOf('ispe') + 8
  avif.writeUInt32BE(width, sides)
  avif.writeUInt32BE(height, sides + 4)
  return avif
}

/** Pictures with invalid sides. `empty` and `corrupt` are both correct. */
export const sidelessBombs: readonly Bomb[] = [
  ...[0, 2 ** 31, 2 ** 32 - 1].map((side) => ({
    name: `PNG of ${side} by ${side}`,
    make: () => emptyPng({ width: side, height: side }),
  })),
  { name: 'JPEG of 0 by 0', make: () => jpeg(false, 0, 0) },
  { name: 'JPEG of 64 by 0', make: () => jpeg(false, 64, 0) },
  { name: 'lossy WebP of 0 by 0', make: () => lossyWebp(0, 0) },
].map((bomb) => ({ ...bomb, outcomes: ['corrupt', 'empty', 'too_many_pixels'] as const }))
