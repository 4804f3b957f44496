import type { SourceFormat } from '@visage/shared/avatar/formats'
import type { Config } from '@visage/shared/config/read'
import { formats, withDefault } from '@visage/shared/config/setting'
import { type Limits, limits } from './limits.ts'

const megapixels = (pixels: number) => `${pixels / 1_000_000}MP`
const mebibytes = (bytes: number) => `${bytes / 1024 ** 2}MiB`

/** What a picture may cost. */
export const limitSettings = {
  maxPixels: withDefault(
    'MAX_PIXELS',
    formats.pixels,
    megapixels(limits.pixels),
    'pixels of a picture that is decoded row by row: a baseline JPEG, a PNG that is not interlaced',
  ),
  maxHeldPixels: withDefault(
    'MAX_HELD_PIXELS',
    formats.pixels,
    megapixels(limits.heldPixels),
    'pixels of any other picture, which is decoded as a whole',
  ),
  maxSide: withDefault('MAX_SIDE', formats.count, `${limits.side}`, 'pixels of the longer side'),
  maxDecodedBytes: withDefault(
    'MAX_DECODED_BYTES',
    formats.size,
    mebibytes(limits.decodedBytes),
    'bytes of a picture once it is decoded',
  ),
  maxFrames: withDefault(
    'MAX_FRAMES',
    formats.count,
    `${limits.frames}`,
    'frames of an animation, even where only the first one is shown',
  ),
  renderSeconds: withDefault(
    'RENDER_CPU_TIME',
    formats.seconds,
    `${limits.seconds}s`,
    'CPU time that one picture may take',
  ),
  renderMemory: withDefault(
    'RENDER_MEMORY',
    formats.size,
    mebibytes(limits.memory),
    'resident memory that the process of one picture may come to',
  ),
} as const

export function limitsFrom(
  config: Config<typeof limitSettings> & { readonly accept: readonly SourceFormat[] },
): Limits {
  return {
    accept: config.accept,
    pixels: config.maxPixels,
    heldPixels: config.maxHeldPixels,
    side: config.maxSide,
    decodedBytes: config.maxDecodedBytes,
    frames: config.maxFrames,
    seconds: config.renderSeconds,
    memory: config.renderMemory,
  }
}
