import { acceptedByDefault, type SourceFormat } from '@visage/shared/avatar/formats'

/** What is taken and what it may cost; what a header says is held against it before a pixel is decoded. Plain data. */
export interface Limits {
  readonly accept: readonly SourceFormat[]
  /** Pixels, where the decoder streams through the picture. */
  readonly pixels: number
  /** Pixels, where the decoder has to hold the whole picture; of all frames, where they are kept. */
  readonly heldPixels: number
  /** Pixels of the longer side. */
  readonly side: number
  /** Bytes of the decoded picture, as deep and with as many channels as it has. */
  readonly decodedBytes: number
  /** Frames of an animation, whether they are kept or not: to read a header takes longer with each. */
  readonly frames: number
  /** Seconds of CPU time that its rendering may take. */
  readonly seconds: number
  /** Resident bytes of the process that renders it. */
  readonly memory: number
}

/** Unless the configuration says otherwise. */
export const limits: Limits = {
  accept: acceptedByDefault,
  pixels: 50_000_000,
  heldPixels: 32_000_000,
  side: 16_384,
  decodedBytes: 512 * 1024 ** 2,
  frames: 2_000,
  seconds: 20,
  memory: 768 * 1024 ** 2,
}
