/** WebP files put together from chunks (RFC 9649). */

export interface RiffChunk {
  readonly name: string
  readonly data: Buffer
}

export function riffChunk(name: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.write(name, 'latin1')
  head.writeUInt32LE(data.length, 4)
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)])
}

export function webpFile(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks])
  const head = Buffer.alloc(8)
  head.write('RIFF')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body])
}

export function riffChunks(file: Buffer): RiffChunk[] {
  const chunks: RiffChunk[] = []
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4)
    chunks.push({
      name: file.toString('latin1', at, at + 4),
      data: file.subarray(at + 8, at + 8 + size),
    })
    at += 8 + size + (size % 2)
  }
  return chunks
}

/** The flags of an extended header. */
export const FLAGS = { icc: 0x20, alpha: 0x10, exif: 0x08, xmp: 0x04, animated: 0x02 } as const

export function extendedHeader(width: number, height: number, flags = 0): Buffer {
  const data = Buffer.alloc(10)
  data[0] = flags
  data.writeUIntLE(width - 1, 4, 3)
  data.writeUIntLE(height - 1, 7, 3)
  return riffChunk('VP8X', data)
}

/** A frame of an animation: `image` is its chunks, as a still picture has them. */
export function animationFrame(width: number, height: number, image: Buffer, left = 0, top = 0) {
  const head = Buffer.alloc(16)
  head.writeUIntLE(left / 2, 0, 3)
  head.writeUIntLE(top / 2, 3, 3)
  head.writeUIntLE(width - 1, 6, 3)
  head.writeUIntLE(height - 1, 9, 3)
  head.writeUIntLE(100, 12, 3)
  return riffChunk('ANMF', Buffer.concat([head, image]))
}

export const animationHeader = () => riffChunk('ANIM', Buffer.alloc(6))
