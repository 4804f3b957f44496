import { afterSubBlocks, BLOCK, colourTableBytes } from './blocks.ts'

/** How a frame is shown, from its graphic control. */
export interface Control {
  /** What happens to the frame before the next one. 2: it is cleared. 3: the canvas before it returns. */
  readonly disposal: number
  /** Display time, in hundredths of a second. */
  readonly delay: number
  /** Index of the transparent colour. */
  readonly transparent: number | undefined
}

/** A frame as the file describes it. Its pixels stay compressed. */
export interface Frame extends Control {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly interlaced: boolean
  /** Three bytes a colour. Empty if neither the frame nor the file has a colour table. */
  readonly colours: Buffer
  /** Position of the minimum code size. The sub-blocks with the compressed pixels follow. */
  readonly pixelsAt: number
  /** Position after the sub-blocks. Greater than the length of the file if the file ends before. */
  readonly end: number
}

export interface GifStructure {
  readonly frames: readonly Frame[]
  /** The extension with the number of repetitions. */
  readonly loop?: Buffer
  /** Bytes up to the trailer, or up to a block in its place that ends the animation. */
  readonly length: number
  /** True if the file ends inside a block, or if a frame after the first cannot be decoded. */
  readonly damaged: boolean
  /** True if libnsgif reads the extensions of this file in another way than Chromium. */
  readonly ambiguous: boolean
}

interface State {
  readonly globalColours: Buffer
  readonly frames: Frame[]
  control?: Control
  loop?: Buffer
  damaged: boolean
  ambiguous: boolean
}

/** libnsgif opens no file of more frames. */
export const MAX_FRAMES = 4096
export const MAX_CODE_SIZE = 8

const LABEL = { control: 0xf9, comment: 0xfe, application: 0xff }
/** Applications whose extension contains the number of repetitions. */
const LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0']

/**
 * Reads the blocks (GIF89a, sections 17 to 26) as Chromium does: an unknown block or a malformed graphic control ends
 * the animation. Stops at one frame more than `MAX_FRAMES`.
 * @param gif at least 13 bytes
 */
export function readStructure(gif: Buffer): GifStructure {
  let at = 13 + colourTableBytes(gif[10])
  const globalColours = gif.subarray(13, at)
  const state: State = { globalColours, frames: [], damaged: false, ambiguous: false }
  while (at < gif.length && state.frames.length <= MAX_FRAMES) {
    const next = readBlock(gif, at, state)
    if (next === undefined) break
    at = next
  }
  const { frames, loop, damaged, ambiguous } = state
  const found = { frames, length: at, damaged: damaged || at > gif.length, ambiguous }
  return loop ? { ...found, loop } : found
}

/** Returns the position after the block, or undefined if the block ends the animation. */
function readBlock(gif: Buffer, at: number, state: State): number | undefined {
  if (gif[at] === BLOCK.extension) return readExtension(gif, at, state)
  return gif[at] === BLOCK.image ? readImage(gif, at, state) : undefined
}

function readExtension(gif: Buffer, at: number, state: State): number | undefined {
  const end = afterSubBlocks(gif, at + 2)
  const label = gif[at + 1]
  // libnsgif takes the byte after the label as a length even if it ends the extension, except in a comment.
  if (gif[at + 2] === 0 && label !== LABEL.comment) state.ambiguous = true
  if (label === LABEL.control && end <= gif.length) {
    if (gif[at + 2] !== 4 || end !== at + 8) return undefined
    if (state.control) state.ambiguous = true
    state.control = readControl(gif, at)
  }
  if (label === LABEL.application && end <= gif.length && isLoop(gif, at))
    state.loop = gif.subarray(at, end)
  return end
}

function isLoop(gif: Buffer, at: number): boolean {
  return gif[at + 2] === 11 && LOOPS.includes(gif.toString('latin1', at + 3, at + 14))
}

/** GIF89a, section 23. */
function readControl(gif: Buffer, at: number): Control {
  const flags = gif[at + 3] ?? 0
  return {
    disposal: (flags >> 2) & 7,
    delay: gif.readUInt16LE(at + 4),
    transparent: flags & 1 ? gif[at + 6] : undefined,
  }
}

/** Display time of a frame without a graphic control, as libvips has it. */
const NO_CONTROL: Control = { disposal: 0, delay: 10, transparent: undefined }

/** GIF89a, section 20. */
function readImage(gif: Buffer, at: number, state: State): number | undefined {
  const flags = gif[at + 9]
  const pixelsAt = at + 10 + colourTableBytes(flags)
  const codeSize = gif[pixelsAt]
  if (flags === undefined || codeSize === undefined) return gif.length + 1
  if (codeSize > MAX_CODE_SIZE && state.frames.length > 0) {
    state.damaged = true
    return undefined
  }
  const end = afterSubBlocks(gif, pixelsAt + 1)
  state.frames.push({
    ...(state.control ?? NO_CONTROL),
    left: gif.readUInt16LE(at + 1),
    top: gif.readUInt16LE(at + 3),
    width: gif.readUInt16LE(at + 5),
    height: gif.readUInt16LE(at + 7),
    interlaced: (flags & 0x40) !== 0,
    colours: flags & 0x80 ? gif.subarray(at + 10, pixelsAt) : state.globalColours,
    pixelsAt,
    end,
  })
  delete state.control
  return end
}
