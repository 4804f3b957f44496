import { type SourceFormat, sniff, unsupportedFormatMessage } from '@visage/shared/avatar/formats'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Reason } from '@visage/shared/errors/reasons'
import sharp, { type Metadata } from 'sharp'
import { asRejection } from './corruption.ts'
import { countFrames } from './frames.ts'
import { readGif } from './gif.ts'
import { hasTooManyParts } from './jpeg.ts'
import type { Limits } from './limits.ts'

/** What a picture's header says. Width and height are as a person sees it, orientation applied. */
export interface Header {
  readonly format: SourceFormat
  readonly width: number
  readonly height: number
  /** Where there is more than one frame, and each is stored upright. */
  readonly animation?: Animation
  /** 16 bits a sample, in the colours of a profile of its own. */
  readonly deepProfile?: true
}

export interface Animation {
  readonly frames: number
  /** Milliseconds that each frame is shown. */
  readonly delays: readonly number[]
  /** How often it is played; 0 is for ever. */
  readonly loop: number
}

type Check = (header: Metadata, limits: Limits) => string | undefined

/**
 * Reads the header and holds it against the limits; no pixel is decoded.
 * @param keep whether all frames are to be rendered; they then count as one picture
 * @throws Rejection
 */
export async function inspect(bytes: Buffer, limits: Limits, keep = false): Promise<Header> {
  const sniffed = sniff(bytes, limits.accept)
  if (!('accepted' in sniffed))
    throw new Rejection('unsupported_format', unsupportedFormatMessage(sniffed, limits.accept))
  assertFewParts(bytes, sniffed.accepted)
  assertFewFrames(countFrames(bytes, sniffed.accepted, limits.frames), limits)
  const header = await readHeader(bytes)
  assertFewFrames(framesOf(header), limits)
  if (formatOf(header) !== sniffed.accepted) throw new Rejection('corrupt')
  for (const [reason, check] of checks) {
    const msg = check(header, limits)
    if (msg) throw new Rejection(reason, msg)
  }
  const animation = animationOf(header)
  if (keep && animation) assertSmallFrames(header, limits)
  // Of all frames but the first, the decoder of GIF shows what there is and says nothing.
  if (keep && header.format === 'gif' && readGif(bytes).end === 'cut')
    throw new Rejection('truncated')
  const { width, height } = header.autoOrient
  const deepProfile = header.depth === 'ushort' && header.icc !== undefined && hasColours(header)
  return {
    format: sniffed.accepted,
    width,
    height,
    ...(deepProfile ? { deepProfile } : {}),
    ...(animation ? { animation } : {}),
  }
}

function assertFewParts(bytes: Buffer, format: SourceFormat): void {
  if (format !== 'jpeg' || !hasTooManyParts(bytes)) return
  throw new Rejection('timed_out', 'This JPEG takes too long to open; export it again')
}

function assertFewFrames(count: number, { frames }: Limits): void {
  if (count <= frames) return
  const msg = `This animation has more than ${frames} frames; send a still picture or a shorter one`
  throw new Rejection('too_many_frames', msg)
}

function assertSmallFrames(header: Metadata, { heldPixels, decodedBytes }: Limits): void {
  const [frames, pixels] = [framesOf(header), framesOf(header) * pixelsOf(header)]
  if (pixels <= heldPixels && frames * decodedSize(header) <= decodedBytes) return
  const msg = `This animation has ${frames} frames of ${header.width} by ${header.height} pixels, too many to be shown together; send a smaller or shorter one`
  throw new Rejection('too_many_frames', msg)
}

/** libvips' words, brought within what can be written. AVIF is shown by its primary picture. */
function animationOf({ format, pages = 1, ...header }: Metadata): Animation | undefined {
  const moves = (format === 'gif' || format === 'webp') && pages > 1
  if (!moves || (header.orientation ?? 1) > 1) return undefined
  const within = (value: number) => Math.min(value, 65_535)
  return { frames: pages, delays: (header.delay ?? []).map(within), loop: within(header.loop ?? 0) }
}

const checks: readonly (readonly [Reason, Check])[] = [
  [
    'empty',
    ({ width, height }) => (width * height === 0 ? 'This picture has no pixels' : undefined),
  ],
  [
    'too_many_pixels',
    ({ width, height }, { side }) =>
      Math.max(width, height) > side
        ? `This picture is ${width} by ${height} pixels; neither side may be longer than ${side}`
        : undefined,
  ],
  [
    'too_many_pixels',
    (header, limits) => {
      const most = isHeld(header) ? limits.heldPixels : limits.pixels
      const megapixels = (pixels: number) => Math.ceil(pixels / 1e5) / 10
      return pixelsOf(header) > most
        ? `This picture has ${megapixels(pixelsOf(header))} megapixels; send one of at most ${megapixels(most)}`
        : undefined
    },
  ],
  [
    'too_large_decoded',
    (header, { decodedBytes }) =>
      decodedSize(header) > decodedBytes
        ? `This picture takes ${mebibytes(decodedSize(header))} MiB when opened; send one of at most ${mebibytes(decodedBytes)}`
        : undefined,
  ],
]

function readHeader(bytes: Buffer): Promise<Metadata> {
  return sharp(bytes, { failOn: 'warning', limitInputPixels: false })
    .metadata()
    .catch((error) => {
      throw asRejection(error, bytes)
    })
}

const BYTES_PER_SAMPLE: Readonly<Record<string, number>> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
}

/** libvips' word for AVIF is that of its container, which may hold HEIC as well. */
const formatOf = ({ format, compression }: Metadata) =>
  format === 'heif' && compression === 'av1' ? 'avif' : format
const hasColours = ({ channels, space }: Metadata) => channels >= 3 && space !== 'cmyk'
const framesOf = ({ pages = 1 }: Metadata) => pages
const pixelsOf = ({ width, height }: Metadata) => width * height
const mebibytes = (bytes: number) => Math.ceil(bytes / 1024 ** 2)

function decodedSize(header: Metadata): number {
  return pixelsOf(header) * header.channels * (BYTES_PER_SAMPLE[header.depth] ?? 4)
}

/** Only a baseline JPEG and a PNG that is not interlaced come row by row. */
function isHeld({ format, isProgressive }: Metadata): boolean {
  return isProgressive || (format !== 'jpeg' && format !== 'png')
}
