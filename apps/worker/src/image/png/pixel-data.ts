import { type Chunk, isSound, readChunks } from './chunks.ts'

/** Where the compressed pixels of a picture are: a run of IDAT chunks, or of fdAT chunks with sequence numbers. */
export interface PixelData {
  readonly type: 'IDAT' | 'fdAT'
  readonly at: number
  readonly sequence: number
}

/** PNG, section 11.3.6.3: fdAT begins with a sequence number. */
const SEQUENCE_BYTES = 4

/** Yields the chunks of the run. A wrong sequence number ends it. */
export function* readPixelChunks(png: Buffer, source: PixelData): Generator<Chunk> {
  let { sequence } = source
  for (const chunk of readChunks(png, source.at)) {
    if (chunk.type !== source.type) return
    if (source.type === 'IDAT') yield chunk
    else {
      if (chunk.data.length < SEQUENCE_BYTES || chunk.data.readUInt32BE(0) !== sequence++) return
      yield { ...chunk, data: chunk.data.subarray(SEQUENCE_BYTES) }
    }
  }
}

/**
 * Joins the compressed pixels. Chromium reads the data of a chunk with a wrong checksum, or of a chunk that the file
 * cuts off, and then stops.
 */
export function joinPixelData(png: Buffer, source: PixelData): Buffer {
  const skip = source.type === 'fdAT' ? SEQUENCE_BYTES : 0
  const joined = Buffer.alloc(png.length - Math.min(source.at, png.length))
  let [length, at] = [0, source.at]
  for (const { data, at: start } of readPixelChunks(png, source)) {
    length += data.copy(joined, length)
    at = start + 12 + skip + data.length
    const whole = png.subarray(start + 8, start + 8 + skip + data.length)
    if (!isSound(png, { type: source.type, data: whole, at: start }))
      return joined.subarray(0, length)
  }
  if (isCutOff(png, at, source.type))
    length += png.copy(joined, length, Math.min(at + 8 + skip, png.length))
  return joined.subarray(0, length)
}

function isCutOff(png: Buffer, at: number, type: string): boolean {
  if (at + 8 > png.length || png.toString('latin1', at + 4, at + 8) !== type) return false
  return at + 12 + png.readUInt32BE(at) > png.length
}
