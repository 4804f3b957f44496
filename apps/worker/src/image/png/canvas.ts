import { Rejection } from '@visage/shared/errors/app-error'
import sharp from 'sharp'
import { asRejection } from '../corruption.ts'
import type { PixelsView } from '../view/view.ts'
import type { Frame } from './animation.ts'
import { readExifOrientation } from './exif.ts'
import { type PngHeader, readPngHeader } from './header.ts'

/** How pixels get upright. Exif 2.32, section 4.6.4 A: rotated clockwise first, then mirrored. */
const turns: Readonly<Record<number, { angle: number; mirror: boolean }>> = {
  2: { angle: 0, mirror: true },
  3: { angle: 180, mirror: false },
  4: { angle: 180, mirror: true },
  5: { angle: 90, mirror: true },
  6: { angle: 90, mirror: false },
  7: { angle: 270, mirror: true },
  8: { angle: 270, mirror: false },
}

/** @param file the frame as a PNG without an orientation */
export function frameOnCanvas(
  file: Buffer,
  header: PngHeader,
  frame: Frame,
  profile: Buffer | undefined,
): PixelsView {
  const orientation = readExifOrientation(header.chunks.get('eXIf')?.data ?? Buffer.alloc(0))
  const decode = async () => {
    const canvas = await compose(file, header, frame)
    return orientation === 1 ? canvas : turn(canvas, header, orientation)
  }
  return { ...sizeOf(header, orientation), decode, ...(profile ? { profile } : {}) }
}

/** A picture of which Chromium shows nothing. */
export function refusedView(header: PngHeader, reason: 'corrupt' | 'truncated'): PixelsView {
  return { ...sizeOf(header, 1), decode: () => Promise.reject(new Rejection(reason)) }
}

function sizeOf({ width, height }: PngHeader, orientation: number) {
  const size = orientation >= 5 ? { width: height, height: width } : { width, height }
  return { ...size, format: 'png', channels: 4 } as const
}

/** Pixels of the canvas that the frame leaves out are transparent. */
function compose(file: Buffer, canvas: PngHeader, frame: Frame): Promise<Buffer> {
  const { left, top } = frame
  const right = canvas.width - left - frame.width
  const bottom = canvas.height - top - frame.height
  const background = { r: 0, g: 0, b: 0, alpha: 0 }
  const image = sharp(file, { failOn: 'warning', limitInputPixels: false })
  // sharp 0.35 processes 16-bit samples with a profile in Display P3. Only writing a profile converts them to sRGB.
  if (canvas.depth === 16 && readPngHeader(file)?.chunks.has('iCCP')) image.withIccProfile('srgb')
  return image
    .toColourspace('srgb')
    .ensureAlpha()
    .extend({ left, top, right, bottom, background })
    .raw({ depth: 'uchar' })
    .toBuffer()
    .catch((error) => {
      throw asRejection(error, file)
    })
}

async function turn(pixels: Buffer, canvas: PngHeader, orientation: number): Promise<Buffer> {
  const { angle = 0, mirror = false } = turns[orientation] ?? {}
  const raw = { width: canvas.width, height: canvas.height, channels: 4 } as const
  const turned = sharp(pixels, { raw, limitInputPixels: false }).rotate(angle).raw()
  if (!mirror) return turned.toBuffer()
  const { data, info } = await turned.toBuffer({ resolveWithObject: true })
  const size = { width: info.width, height: info.height, channels: 4 } as const
  return sharp(data, { raw: size, limitInputPixels: false }).flop().raw().toBuffer()
}
