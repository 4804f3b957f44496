import { type Frame, findFirstFrame } from './animation.ts'
import { writeChunk } from './chunks.ts'
import { type PngHeader, readPngHeader } from './header.ts'
import { joinPixelData, type PixelData } from './pixel-data.ts'
import { countRowBytes } from './rows.ts'
import { repairZlib } from './zlib-stream.ts'

/** A header that libvips refused has not passed the limits yet. */
const MAX_ROW_BYTES = 1024 ** 3

/**
 * Corrects the checksums, the window, the end and the chunks of the compressed pixels.
 * @returns undefined if a row is missing or damaged
 */
export async function repairPng(png: Buffer): Promise<Buffer | undefined> {
  const header = readPngHeader(png)
  const frame = header && findFirstFrame(png, header)
  if (!header || !frame || frame === 'missing') return undefined
  const { width, height } = frame === 'default' ? header : frame
  const length = countRowBytes(header, width, height)
  if (length > MAX_ROW_BYTES) return undefined
  const source = pixelData(header, frame)
  const repaired = await repairZlib(joinPixelData(png, source), length)
  return repaired && replacePixelData(png, source, repaired)
}

function pixelData(header: PngHeader, frame: 'default' | Frame): PixelData {
  if (frame === 'default') return { type: 'IDAT', at: header.pixelsAt, sequence: 0 }
  return { type: 'fdAT', at: frame.at, sequence: frame.sequence }
}

/** Leaves out everything behind the pixels. */
function replacePixelData(png: Buffer, { type, at, sequence }: PixelData, data: Buffer): Buffer {
  const prefix = Buffer.alloc(type === 'fdAT' ? 4 : 0)
  if (prefix.length > 0) prefix.writeUInt32BE(sequence)
  return Buffer.concat([
    png.subarray(0, at),
    writeChunk(type, Buffer.concat([prefix, data])),
    writeChunk('IEND', Buffer.alloc(0)),
  ])
}
