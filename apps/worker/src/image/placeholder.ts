import { rgbaToThumbHash } from 'thumbhash'
import { openPixels, type Pixels } from './decode.ts'
import { dominantColour } from './dominant.ts'

export interface Placeholder {
  /** A thumbhash, as base64. */
  readonly placeholder: string
  /** The dominant colour, as `#rrggbb`. */
  readonly color: string
}

/** Makes the placeholder that a client shows until the picture loads. @param pixels at most 100 a side (thumbhash) */
export async function makePlaceholder(pixels: Pixels): Promise<Placeholder> {
  const rgba = await openPixels(pixels).ensureAlpha().raw().toBuffer()
  const hash = rgbaToThumbHash(pixels.side, pixels.side, rgba)
  return { placeholder: Buffer.from(hash).toString('base64'), color: dominantColour(rgba) }
}
