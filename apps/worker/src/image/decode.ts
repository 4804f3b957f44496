import sharp, { type OutputInfo } from 'sharp'
import { asRejection } from './corruption.ts'
import type { Limits } from './limits.ts'

/** Decoded square: 8 bits a sample, sRGB, upright. */
export interface Pixels {
  readonly data: Buffer
  readonly side: number
  readonly channels: OutputInfo['channels']
}

/**
 * The only time that the source is opened for its pixels: shrunk while it loads, turned upright,
 * brought to sRGB, cropped to a square of `side` pixels.
 * @throws Rejection where the data is damaged, cut off, or takes too long
 */
export async function decodeSquare(bytes: Buffer, side: number, limits: Limits): Promise<Pixels> {
  const { data, info } = await sharp(bytes, {
    failOn: 'warning',
    limitInputPixels: limits.pixels,
    autoOrient: true,
  })
    .timeout({ seconds: limits.seconds })
    .resize(side, side, { fit: 'cover' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error) => {
      throw asRejection(error)
    })
  return { data, side, channels: info.channels }
}

/** The same square, smaller. */
export async function shrink(pixels: Pixels, side: number): Promise<Pixels> {
  if (side === pixels.side) return pixels
  const { data, info } = await open(pixels)
    .resize(side, side, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, side, channels: info.channels }
}

export function open({ data, side, channels }: Pixels) {
  return sharp(data, { raw: { width: side, height: side, channels } })
}
