import { defaultSourceFormats, MAX_PIXELS, type SourceFormat } from '@visage/shared/avatar/formats'

/** Accepted formats and limits on cost. Headers are checked against them before pixels are decoded. Plain data. */
export interface Limits {
  readonly accept: readonly SourceFormat[]
  /** Pixels of a picture that is decoded row by row. */
  readonly pixels: number
  /** Pixels of a picture that is decoded as a whole; the sum of all frames if they are rendered. */
  readonly heldPixels: number
  /** Pixels of the longer side. */
  readonly side: number
  /** Bytes of a picture that is decoded as a whole, at its own depth and number of channels. */
  readonly decodedBytes: number
  /** Frames of an animation, even if only the first is rendered: each frame adds to the time of reading the header. */
  readonly frames: number
  /** CPU time of rendering one picture, in seconds. */
  readonly seconds: number
  /** Resident bytes of the render process. */
  readonly memory: number
}

/** The default limits. Settings override them. */
export const limits: Limits = {
  accept: defaultSourceFormats,
  pixels: MAX_PIXELS,
  heldPixels: 64_000_000,
  side: 16_384,
  decodedBytes: 256 * 1024 ** 2,
  frames: 2_000,
  seconds: 20,
  memory: 768 * 1024 ** 2,
}
