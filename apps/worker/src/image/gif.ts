export interface GifBlocks {
  readonly frames: number
  /** Where its blocks are over: at the trailer, or at what stands in its place. */
  readonly length: number
  /** `cut`: it is over within a block; `open`: behind a whole one, but the trailer is missing. */
  readonly end: 'whole' | 'open' | 'cut'
}

const BLOCK = { extension: 0x21, image: 0x2c, trailer: 0x3b }

/**
 * GIF89a, sections 18 to 27: a screen, then extensions and images in sub-blocks, then the trailer.
 * @param most after one frame more than that the rest is not looked at
 */
export function readGif(bytes: Buffer, most = Number.POSITIVE_INFINITY): GifBlocks {
  let frames = 0
  let at = 13 + colourTable(bytes[10])
  while (at < bytes.length && frames <= most) {
    if (bytes[at] === BLOCK.extension) at = afterSubBlocks(bytes, at + 2)
    else if (bytes[at] === BLOCK.image) {
      frames++
      at = afterSubBlocks(bytes, at + 11 + colourTable(bytes[at + 9]))
    } else return { frames, length: at, end: 'whole' }
  }
  if (frames > most) return { frames, length: at, end: 'whole' }
  return { frames, length: at, end: at === bytes.length ? 'open' : 'cut' }
}

/**
 * The file up to its trailer. libnsgif, once it has seen a block that is no frame, takes what comes
 * behind the trailer for a damaged one.
 */
export function withoutTail(bytes: Buffer): Buffer {
  if (bytes.toString('latin1', 0, 4) !== 'GIF8' || bytes.length < 13) return bytes
  const { frames, length, end } = readGif(bytes)
  if (end !== 'whole' || frames === 0 || length + 1 === bytes.length) return bytes
  return Buffer.concat([bytes.subarray(0, length), Buffer.from([BLOCK.trailer])])
}

/** Bytes of the colour table that these flags announce. */
function colourTable(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

function afterSubBlocks(bytes: Buffer, from: number): number {
  let at = from
  for (let size = bytes[at]; size; size = bytes[at]) at += 1 + size
  return at + 1
}
