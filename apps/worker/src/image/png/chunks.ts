import { crc32 } from 'node:zlib'

export const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** Bytes of a chunk beside its data. */
export const CHUNK_OVERHEAD = 12

export interface Chunk {
  readonly type: string
  readonly data: Buffer
  /** Position of the chunk's length field in the file. */
  readonly at: number
}

/** PNG, section 5.3: each chunk has a length, a type, data and a checksum. Stops at a chunk that the file cuts off. */
export function* readChunks(png: Buffer, from = PNG_SIGNATURE.length): Generator<Chunk> {
  for (let at = from; at + CHUNK_OVERHEAD <= png.length; ) {
    const length = png.readUInt32BE(at)
    if (at + CHUNK_OVERHEAD + length > png.length) return
    const type = png.toString('latin1', at + 4, at + 8)
    yield { type, data: png.subarray(at + 8, at + 8 + length), at }
    at += CHUNK_OVERHEAD + length
  }
}

/** Position behind the chunk. */
export const endOf = ({ at, data }: Chunk): number => at + CHUNK_OVERHEAD + data.length

/** Tells whether the checksum is right. */
export function isSound(png: Buffer, { at, data }: Chunk): boolean {
  const end = at + 8 + data.length
  return png.readUInt32BE(end) === crc32(png.subarray(at + 4, end))
}

/** PNG, section 5.4: bit 5 of the first letter is set in a chunk that a decoder may ignore. */
export const isAncillary = ({ type }: Chunk): boolean => (type.charCodeAt(0) & 0x20) !== 0

export function writeChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(CHUNK_OVERHEAD + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}
