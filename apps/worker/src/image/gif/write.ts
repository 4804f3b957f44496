import { BLOCK } from './blocks.ts'
import type { Frame } from './structure.ts'

export interface Canvas {
  readonly width: number
  readonly height: number
}

const TRAILER = Buffer.from([BLOCK.trailer])

export function covers({ left, top, width, height }: Frame, canvas: Canvas): boolean {
  return left + top === 0 && width === canvas.width && height === canvas.height
}

/**
 * Writes a GIF in which every frame has its own colour table of 256 colours: an index without a colour is black, as in
 * Chromium. Without `blank`, the first frame must cover the canvas.
 * @param gif the file with the pixels of the frames
 * @param blank true if the file begins with a frame of no pixels, see `blankFrame`
 */
export function writeGif(
  gif: Buffer,
  canvas: Canvas,
  frames: readonly Frame[],
  { blank, loop }: { readonly blank: boolean; readonly loop?: Buffer | undefined },
): Buffer {
  const parts: Buffer[] = [
    Buffer.from('GIF89a'),
    words(canvas.width, canvas.height),
    Buffer.alloc(3),
  ]
  if (loop) parts.push(loop)
  if (blank) parts.push(blankFrame(canvas))
  for (const frame of frames) parts.push(...frameBlocks(gif, frame))
  return Buffer.concat([...parts, TRAILER])
}

/**
 * libnsgif replaces some sizes of a screen, such as 640 by 480, but extends the canvas to the right and lower edge of
 * the first frame. libvips returns the alpha of the canvas only if a frame has a transparent colour.
 */
function blankFrame({ width, height }: Canvas): Buffer {
  const noPixels = Buffer.from([0, 2, 0])
  const control = controlBlock({ disposal: 1, delay: 0, transparent: 0 })
  return Buffer.concat([control, Buffer.from([BLOCK.image]), words(width, height, 0, 0), noPixels])
}

function frameBlocks(gif: Buffer, frame: Frame): Buffer[] {
  const { left, top, width, height, interlaced, colours, pixelsAt } = frame
  const table = Buffer.alloc(3 * 256)
  colours.copy(table)
  return [
    controlBlock(frame),
    Buffer.from([BLOCK.image]),
    words(left, top, width, height),
    Buffer.from([interlaced ? 0xc7 : 0x87]),
    table,
    gif.subarray(pixelsAt, pixelsAt + 1),
    ...subBlocks(gif, frame),
  ]
}

type Shown = Pick<Frame, 'disposal' | 'delay' | 'transparent'>

/** GIF89a, section 23. */
function controlBlock({ disposal, delay, transparent }: Shown): Buffer {
  const flags = (disposal << 2) | (transparent === undefined ? 0 : 1)
  return Buffer.from([BLOCK.extension, 0xf9, 4, flags, ...words(delay), transparent ?? 0, 0])
}

/** Returns the sub-blocks of a frame, with an end if the file lacks it. */
function subBlocks(gif: Buffer, { pixelsAt, end }: Frame): Buffer[] {
  if (end <= gif.length) return [gif.subarray(pixelsAt + 1, end)]
  const parts: Buffer[] = []
  let at = pixelsAt + 1
  for (let size = gif[at]; size && at + 1 < gif.length; size = gif[at]) {
    const data = gif.subarray(at + 1, at + 1 + size)
    parts.push(Buffer.from([data.length]), data)
    at += 1 + size
  }
  return [...parts, Buffer.alloc(1)]
}

const words = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer)
