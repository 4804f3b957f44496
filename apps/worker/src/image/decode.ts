import sharp, { type OutputInfo, type Sharp } from 'sharp'
import { asRejection } from './corruption.ts'
import type { CropPlan, Offset } from './crop.ts'
import type { Limits } from './limits.ts'
import { withProfile } from './png/profile.ts'
import { resizeAndCrop } from './strip.ts'
import { type Orientation, storedCrop, turnSquare } from './turn.ts'
import type { View } from './view/view.ts'

/** How the file stores the picture. `deepProfile`: 16 bits a sample and a colour profile. */
interface Stored {
  readonly orientation?: Orientation
  readonly deepProfile?: boolean
}

/** A decoded square: 8 bits a sample, sRGB, orientation applied. */
export interface Pixels {
  readonly data: Buffer
  readonly side: number
  readonly channels: OutputInfo['channels']
}

export interface Square extends Pixels {
  /** The corner of the square that libvips chose, in pixels of the scaled picture. Undefined for the centre. */
  readonly offset: Offset | undefined
}

/**
 * Decodes the pixels of the source: shrinks on load, crops to a square, applies orientation and converts to sRGB.
 * No other function decodes the source of a still picture.
 * @param plan in pixels of the upright picture
 * @throws Rejection if the data is damaged or truncated
 */
export async function decodeSquare(
  view: View,
  plan: CropPlan,
  limits: Limits,
  { orientation = 1, deepProfile = false }: Stored = {},
): Promise<Square> {
  const source = await openSource(view, limits)
  const profile = view.profile
  // The profile applies to the square: until then the samples keep their depth.
  const keepDepth = deepProfile && profile !== undefined
  const image = crop(source, plan, orientation).toColourspace(keepDepth ? 'rgb16' : 'srgb')
  // sharp 0.35 processes 16-bit samples with a profile in Display P3. Only writing a profile converts them to sRGB.
  if (deepProfile && !profile) image.withIccProfile('srgb')
  const { data, info } = await image
    .raw({ depth: keepDepth ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error) => {
      throw 'file' in view ? asRejection(error, view.file) : error
    })
  const square = { data, side: plan.side, channels: info.channels, offset: offsetOf(info) }
  if (!profile) return turnSquare(square, orientation)
  const converted = keepDepth
    ? await deepToSrgb(square, profile)
    : await toSrgb(await openPixels(square).png(UNCOMPRESSED).toBuffer(), profile)
  return turnSquare({ ...square, ...converted }, orientation)
}

async function openSource(view: View, limits: Limits): Promise<Sharp> {
  const limitInputPixels = limits.pixels
  if ('file' in view) {
    view.assertComplete?.()
    const { file, page } = view
    const options = page === undefined ? {} : { page }
    return sharp(file, { failOn: 'warning', limitInputPixels, ...options })
  }
  const { width, height, channels } = view
  return sharp(await view.decode(), { raw: { width, height, channels }, limitInputPixels })
}

const UNCOMPRESSED = { compressionLevel: 0 } as const

/** Converts pixels to sRGB. sharp takes a profile only from a file, so the pixels come as an uncompressed PNG. */
async function toSrgb(png: Buffer, profile: Buffer, deep = false) {
  const image = sharp(withProfile(png, profile)).toColourspace('srgb')
  if (deep) image.withIccProfile('srgb')
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, channels: info.channels }
}

/** The same for 16 bits a sample, in the byte order of the machine. */
async function deepToSrgb({ data, side, channels }: Pixels, profile: Buffer) {
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  const image = sharp(samples, { raw: { width: side, height: side, channels } })
  const png = await image.toColourspace('rgb16').png(UNCOMPRESSED).toBuffer()
  return toSrgb(png, profile, true)
}

function crop(source: Sharp, plan: CropPlan, orientation: Orientation): Sharp {
  if ('gravity' in plan) {
    const position = plan.gravity === 'centre' ? 'centre' : sharp.strategy[plan.gravity]
    return source.resize(plan.side, plan.side, { fit: 'cover', position })
  }
  return resizeAndCrop(source, storedCrop(plan, orientation))
}

/** libvips reports how far it moved the picture. It reports no offset if it took the centre. */
function offsetOf({ cropOffsetLeft, cropOffsetTop }: OutputInfo): Offset | undefined {
  if (cropOffsetLeft === undefined || cropOffsetTop === undefined) return undefined
  return { left: -cropOffsetLeft, top: -cropOffsetTop }
}

/** Tells whether any pixel is not opaque. Many opaque pictures have an alpha channel. */
export function hasTransparency({ data, channels }: Pixels): boolean {
  if (channels !== 4) return false
  for (let at = 3; at < data.length; at += channels) if (data[at] !== 255) return true
  return false
}

/** Scales a square down to `side` pixels. */
export async function shrink(pixels: Pixels, side: number): Promise<Pixels> {
  if (side === pixels.side) return pixels
  const { data, info } = await openPixels(pixels)
    .resize(side, side, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, side, channels: info.channels }
}

export function openPixels({ data, side, channels }: Pixels) {
  return sharp(data, { raw: { width: side, height: side, channels } })
}
