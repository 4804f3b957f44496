export interface Chunk {
  readonly type: string
  /** Position of the chunk's data in the file. */
  readonly at: number
}

/** RFC 9649, section 2.3: chunks of a RIFF file. Stops at the end of the file or of its RIFF chunk. */
export function* readChunks(webp: Buffer): Generator<Chunk> {
  const end = Math.min(webp.length, webp.readUInt32LE(4) + 8)
  for (let at = 12; at + 8 <= end; ) {
    const size = webp.readUInt32LE(at + 4)
    yield { type: webp.toString('latin1', at, at + 4), at: at + 8 }
    at += 8 + size + (size % 2)
  }
}
