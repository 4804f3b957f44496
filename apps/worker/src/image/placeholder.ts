import { rgbaToThumbHash } from 'thumbhash'
import { open, type Pixels } from './decode.ts'

export interface Impression {
  /** A thumbhash, as base64. */
  readonly placeholder: string
  /** The dominant colour, as `#rrggbb`. */
  readonly color: string
}

/** What a client paints before the picture comes. @param pixels at most 100 a side, thumbhash's limit */
export async function impressionOf(pixels: Pixels): Promise<Impression> {
  const rgba = await open(pixels).ensureAlpha().raw().toBuffer()
  const hash = rgbaToThumbHash(pixels.side, pixels.side, rgba)
  const { dominant } = await open(pixels).stats()
  return {
    placeholder: Buffer.from(hash).toString('base64'),
    color: `#${[dominant.r, dominant.g, dominant.b].map(hex).join('')}`,
  }
}

const hex = (sample: number) => sample.toString(16).padStart(2, '0')
