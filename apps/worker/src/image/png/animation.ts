import { type Chunk, isSound, readChunks } from './chunks.ts'
import type { PngHeader } from './header.ts'

/** A part of the canvas that a frame covers, and where its data begin. PNG, section 11.3.6.2 (fcTL). */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  /** Position of the first data chunk. */
  readonly at: number
  /** The sequence number of the first data chunk. */
  readonly sequence: number
}

const FRAME_CONTROL_BYTES = 26

/**
 * Finds the picture that Chromium shows first.
 * @returns 'default' for the IDAT chunks, a frame if an animation leaves them out, 'missing' if that frame is damaged
 */
export function findFirstFrame(png: Buffer, header: PngHeader): 'default' | 'missing' | Frame {
  const control = header.chunks.get('fcTL')
  if (control) return coversCanvas(readFrame(control, header), header) ? 'default' : 'missing'
  const frames = header.chunks.get('acTL')?.data.readUInt32BE(0) ?? 0
  return frames === 0 ? 'default' : (findHiddenFrame(png, header) ?? 'missing')
}

/** PNG, section 4.9: without an fcTL chunk before IDAT, the IDAT chunks are not part of the animation. */
function findHiddenFrame(png: Buffer, header: PngHeader): Frame | undefined {
  let control: Chunk | undefined
  for (const chunk of readChunks(png, header.pixelsAt)) {
    const { type, at } = chunk
    if (type === 'fdAT') {
      const frame = control && readFrame(control, header)
      return frame ? { ...frame, at } : undefined
    }
    const counts = type === 'IDAT' || type === 'fcTL'
    if (type === 'IEND' || (counts && !isSound(png, chunk))) return undefined
    if (type === 'fcTL') control ??= chunk
  }
  return cutFrame(png, control, header)
}

/** A frame whose only data chunk is longer than the file. */
function cutFrame(png: Buffer, control: Chunk | undefined, header: PngHeader): Frame | undefined {
  const frame = control && readFrame(control, header)
  if (!frame || png.toString('latin1', frame.at + 4, frame.at + 8) !== 'fdAT') return undefined
  return frame
}

/** Returns undefined unless the frame is the first one and inside the canvas. */
function readFrame({ data, at }: Chunk, canvas: PngHeader): Frame | undefined {
  if (data.length !== FRAME_CONTROL_BYTES || data.readUInt32BE(0) !== 0) return undefined
  const [width, height] = [data.readUInt32BE(4), data.readUInt32BE(8)]
  const [left, top] = [data.readUInt32BE(12), data.readUInt32BE(16)]
  const isInside = left + width <= canvas.width && top + height <= canvas.height
  if (width * height === 0 || !isInside) return undefined
  return { width, height, left, top, sequence: 1, at: at + 12 + data.length }
}

export function coversCanvas(frame: Frame | undefined, { width, height }: PngHeader): boolean {
  return frame?.width === width && frame.height === height
}
