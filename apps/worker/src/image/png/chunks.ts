import { crc32 } from 'node:zlib'

export const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

export interface Chunk {
  readonly type: string
  readonly data: Buffer
  /** Position of the chunk's length field in the file. */
  readonly at: number
}

/** PNG, section 5.3: each chunk has a length, a type, data and a checksum. Stops at a chunk that the file cuts off. */
export function* readChunks(png: Buffer): Generator<Chunk> {
  for (let at = PNG_SIGNATURE.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at)
    if (at + 12 + length > png.length) return
    const type = png.toString('latin1', at + 4, at + 8)
    yield { type, data: png.subarray(at + 8, at + 8 + length), at }
    at += 12 + length
  }
}

export function writeChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}
