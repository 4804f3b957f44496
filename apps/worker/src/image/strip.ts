import { Rejection } from '@visage/shared/errors/app-error'
import sharp, { type OutputInfo, type Sharp } from 'sharp'
import { asRejection } from './corruption.ts'
import type { ScaledCrop } from './crop.ts'
import type { Animation } from './inspect.ts'
import type { FileView } from './view/view.ts'

/** The frames of an animation, stacked vertically: 8 bits a sample, sRGB. */
export interface Strip {
  readonly data: Buffer
  readonly width: number
  /** Height of one frame. */
  readonly height: number
  readonly channels: OutputInfo['channels']
}

/** @throws Rejection if a frame is damaged or truncated */
export async function decodeStrip(
  { file, page = 0 }: Pick<FileView, 'file' | 'page'>,
  { frames }: Animation,
): Promise<Strip> {
  const options = { failOn: 'warning', limitInputPixels: false, page, pages: -1 } as const
  const { data, info } = await sharp(file, options)
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error) => {
      throw asRejection(error, file)
    })
  const { width, height, channels } = info
  if (height % frames !== 0) throw new Rejection('corrupt')
  return { data, width, height: height / frames, channels }
}

/**
 * Applies `change` to each frame, unless the frames already are squares of `side` pixels.
 * @param change must return a square of `side` pixels
 */
export async function mapFrames(
  strip: Strip,
  side: number,
  change: (image: Sharp) => Sharp,
): Promise<Strip> {
  const { data, ...raw } = strip
  if (raw.width === side && raw.height === side) return strip
  const length = raw.width * raw.height * raw.channels
  const squares: Buffer[] = []
  for (let at = 0; at < data.length; at += length) {
    const image = sharp(data.subarray(at, at + length), { raw })
    squares.push(await change(image).raw().toBuffer())
  }
  return { data: Buffer.concat(squares), width: side, height: side, channels: raw.channels }
}

/** Scales before cropping: a crop before scaling would prevent shrink-on-load. */
export function resizeAndCrop(image: Sharp, { scaled, left, top, side }: ScaledCrop): Sharp {
  return image
    .resize(scaled.width, scaled.height, { fit: 'fill' })
    .extract({ left, top, width: side, height: side })
}
