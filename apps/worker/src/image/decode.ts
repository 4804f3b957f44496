import sharp, { type OutputInfo, type Sharp } from 'sharp'
import { asRejection } from './corruption.ts'
import type { Frame, Offset } from './frame.ts'
import type { Limits } from './limits.ts'
import { cutFrom } from './strip.ts'

/** Decoded square: 8 bits a sample, sRGB, upright. */
export interface Pixels {
  readonly data: Buffer
  readonly side: number
  readonly channels: OutputInfo['channels']
}

export interface Square extends Pixels {
  /** Where libvips' choice of a square begins, in pixels of the scaled picture. */
  readonly offset: Offset | undefined
}

/**
 * The only time that the source is opened for its pixels: shrunk while it loads, turned upright,
 * brought to sRGB, and framed as a square.
 * @throws Rejection where the data is damaged or cut off
 */
export async function decodeSquare(
  bytes: Buffer,
  frame: Frame,
  limits: Limits,
  deepProfile = false,
): Promise<Square> {
  const source = sharp(bytes, {
    failOn: 'warning',
    limitInputPixels: limits.pixels,
    autoOrient: true,
  })
  const square = framed(source, frame).toColourspace('srgb')
  // sharp 0.35 works on 16 bits with a profile in Display P3, and leaves them there unless it writes one.
  if (deepProfile) square.withIccProfile('srgb')
  const { data, info } = await square
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error) => {
      throw asRejection(error, bytes)
    })
  return { data, side: frame.side, channels: info.channels, offset: offsetOf(info) }
}

function framed(source: Sharp, frame: Frame): Sharp {
  if ('gravity' in frame) {
    const position = frame.gravity === 'centre' ? 'centre' : sharp.strategy[frame.gravity]
    return source.resize(frame.side, frame.side, { fit: 'cover', position })
  }
  return cutFrom(source, frame)
}

/** libvips says how far it moved the picture, and nothing where the middle was taken. */
function offsetOf({ cropOffsetLeft, cropOffsetTop }: OutputInfo): Offset | undefined {
  if (cropOffsetLeft === undefined || cropOffsetTop === undefined) return undefined
  return { left: -cropOffsetLeft, top: -cropOffsetTop }
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
