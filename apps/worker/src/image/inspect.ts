import type { SourceFormat } from '@visage/shared/avatar/formats'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Reason } from '@visage/shared/errors/reasons'
import sharp, { type Metadata } from 'sharp'
import { asRejection } from './corruption.ts'
import { countFrames } from './frames.ts'
import { isLosslessJpeg } from './jpeg/kind.ts'
import { hasTooManySegments } from './jpeg/segments.ts'
import type { Limits } from './limits.ts'
import type { Orientation } from './turn.ts'
import type { FileView, PixelsView, View } from './view/view.ts'

/** A picture's header. Width and height have orientation applied. */
export interface Header {
  readonly format: SourceFormat
  readonly width: number
  readonly height: number
  /** Present if the picture has more than one frame and no orientation to apply. */
  readonly animation?: Animation
  /** Present if the stored pixels have to be turned: 2 to 8. */
  readonly orientation?: Orientation
  /** Present if the picture has 16 bits a sample and a profile that applies to them. */
  readonly deepProfile?: true
}

export interface Animation {
  readonly frames: number
  /** Display time of each frame, in milliseconds. */
  readonly delays: readonly number[]
  /** Number of times that the animation plays. 0: endlessly. */
  readonly loop: number
}

type RawHeader = Pick<Metadata, 'width' | 'height' | 'channels' | 'depth' | 'autoOrient'> &
  Partial<Omit<Metadata, 'format'>> & { readonly format: string }

type Check = (header: RawHeader, limits: Limits) => string | undefined

/**
 * Reads the header and checks it against the limits. Decodes no pixels.
 * @param keep true if all frames are rendered; the limits then apply to the sum of all frames
 * @throws Rejection
 */
export async function inspect(view: View, limits: Limits, keep = false): Promise<Header> {
  const header = 'file' in view ? await readFileHeader(view, limits) : pixelsHeader(view)
  for (const [reason, check] of checks) {
    const msg = check(header, limits)
    if (msg) throw new Rejection(reason, msg)
  }
  const animation = animationOf(header)
  if (keep && animation) assertSmallFrames(header, limits)
  const { width, height } = header.autoOrient
  const { orientation = 1 } = header
  const hasProfile = view.profile !== undefined || (header.icc !== undefined && hasColours(header))
  const deepProfile = header.depth === 'ushort' && hasProfile
  return {
    format: view.format,
    width,
    height,
    ...(orientation > 1 ? { orientation } : {}),
    ...(deepProfile ? { deepProfile } : {}),
    ...(animation ? { animation } : {}),
  }
}

async function readFileHeader(
  { file, format, page = 0 }: FileView,
  limits: Limits,
): Promise<RawHeader> {
  assertFewSegments(file, format)
  if (format === 'jpeg' && isLosslessJpeg(file)) throw new Rejection('corrupt')
  assertFewFrames(countFrames(file, format, limits.frames + page) - page, limits)
  const header = withoutPages(await readHeader(file), page)
  assertFewFrames(framesOf(header), limits)
  if (formatOf(header) !== format) throw new Rejection('corrupt')
  return header
}

function withoutPages(header: Metadata, page: number): Metadata {
  const { pages, delay } = header
  if (page === 0 || pages === undefined) return header
  return { ...header, pages: pages - page, ...(delay ? { delay: delay.slice(page) } : {}) }
}

/** Pixels are held as a whole, one byte a sample, and already upright. */
function pixelsHeader({ format, width, height, channels }: PixelsView): RawHeader {
  const size = { width, height }
  return { ...size, autoOrient: size, format, channels, depth: 'uchar', isProgressive: true }
}

function assertFewSegments(bytes: Buffer, format: SourceFormat): void {
  if (format !== 'jpeg' || !hasTooManySegments(bytes)) return
  throw new Rejection('timed_out', 'This JPEG takes too long to open; export it again')
}

function assertFewFrames(count: number, { frames }: Limits): void {
  if (count <= frames) return
  const msg = `This animation has more than ${frames} frames; send a still picture or a shorter one`
  throw new Rejection('too_many_frames', msg)
}

function assertSmallFrames(header: RawHeader, { heldPixels, decodedBytes }: Limits): void {
  const [frames, pixels] = [framesOf(header), framesOf(header) * pixelsOf(header)]
  if (pixels <= heldPixels && frames * decodedSize(header) <= decodedBytes) return
  const msg = `This animation has ${frames} frames of ${header.width} by ${header.height} pixels, too many to be shown together; send a smaller or shorter one`
  throw new Rejection('too_many_frames', msg)
}

/** Converts libvips' values, limited to the range that WebP can store. AVIF shows its primary picture only. */
function animationOf({ format, pages = 1, ...header }: RawHeader): Animation | undefined {
  const animated = (format === 'gif' || format === 'webp') && pages > 1
  if (!animated || (header.orientation ?? 1) > 1) return undefined
  const clamp = (value: number) => Math.min(value, 65_535)
  return { frames: pages, delays: (header.delay ?? []).map(clamp), loop: clamp(header.loop ?? 0) }
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
      const max = isDecodedWhole(header) ? limits.heldPixels : limits.pixels
      const megapixels = (pixels: number) => Math.ceil(pixels / 1e5) / 10
      return pixelsOf(header) > max
        ? `This picture has ${megapixels(pixelsOf(header))} megapixels; send one of at most ${megapixels(max)}`
        : undefined
    },
  ],
  [
    'too_large_decoded',
    (header, { decodedBytes }) =>
      isDecodedWhole(header) && decodedSize(header) > decodedBytes
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

/** libvips reports AVIF and HEIC by the name of their container, `heif`. */
const formatOf = ({ format, compression }: RawHeader) =>
  format === 'heif' && compression === 'av1' ? 'avif' : format
const hasColours = ({ channels, space }: RawHeader) => channels >= 3 && space !== 'cmyk'
const framesOf = ({ pages = 1 }: RawHeader) => pages
const pixelsOf = ({ width, height }: RawHeader) => width * height
const mebibytes = (bytes: number) => Math.ceil(bytes / 1024 ** 2)

/** Memory of libvips' AVIF decoder, relative to its result: 32 megapixels of 8 bits take 663 MiB. */
const AVIF_MEMORY = 2.75

function decodedSize(header: RawHeader): number {
  const size = pixelsOf(header) * header.channels * (BYTES_PER_SAMPLE[header.depth] ?? 4)
  return formatOf(header) === 'avif' ? Math.ceil(size * AVIF_MEMORY) : size
}

/** Only a baseline JPEG and a PNG without interlacing are decoded row by row. */
function isDecodedWhole({ format, isProgressive }: RawHeader): boolean {
  return isProgressive || (format !== 'jpeg' && format !== 'png')
}
