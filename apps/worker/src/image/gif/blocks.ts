export interface GifBlocks {
  readonly frames: number
  /** `truncated`: the file ends inside a block. `no_trailer`: it ends after a complete block, without a trailer. */
  readonly ending: 'complete' | 'no_trailer' | 'truncated'
}

export const BLOCK = { extension: 0x21, image: 0x2c, trailer: 0x3b }

/**
 * Reads the block structure (GIF89a, sections 18 to 27): a screen, then extensions and images in sub-blocks,
 * then the trailer.
 * @param maxFrames reading stops after one frame more, and the ending is then reported as complete
 */
export function readGif(bytes: Buffer, maxFrames = Number.POSITIVE_INFINITY): GifBlocks {
  let frames = 0
  let at = 13 + colourTableBytes(bytes[10])
  while (at < bytes.length && frames <= maxFrames) {
    if (bytes[at] === BLOCK.extension) at = afterSubBlocks(bytes, at + 2)
    else if (bytes[at] === BLOCK.image) {
      frames++
      at = afterSubBlocks(bytes, at + 11 + colourTableBytes(bytes[at + 9]))
    } else return { frames, ending: 'complete' }
  }
  if (frames > maxFrames) return { frames, ending: 'complete' }
  return { frames, ending: at === bytes.length ? 'no_trailer' : 'truncated' }
}

/** Returns the length in bytes of the colour table that these flags describe. */
export function colourTableBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

/** Returns the position after the empty sub-block. Greater than the length of the file if the file ends before. */
export function afterSubBlocks(bytes: Buffer, from: number): number {
  let at = from
  for (let size = bytes[at]; size; size = bytes[at]) at += 1 + size
  return at + 1
}
