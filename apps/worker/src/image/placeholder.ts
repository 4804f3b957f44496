import { rgbaToThumbHash } from 'thumbhash'
import { open, type Pixels } from './decode.ts'
import { dominantColour } from './dominant.ts'

export interface Placeholder {
  /** A thumbhash, as base64. */
  readonly placeholder: string
  /** The dominant colour, as `#rrggbb`. */
  readonly color: string
}

/** What a client paints before the picture comes. @param pixels at most 100 a side, thumbhash's limit */
export async function makePlaceholder(pixels: Pixels): Promise<Placeholder> {
  const rgba = await open(pixels).ensureAlpha().raw().toBuffer()
  const hash = rgbaToThumbHash(pixels.side, pixels.side, rgba)
  return { placeholder: Buffer.from(hash).toString('base64'), color: dominantColour(rgba) }
}
