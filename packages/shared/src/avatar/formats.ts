import { describeWrapping } from './wrapped-picture.ts'

export type SourceFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'heic'

/**
 * The format that a file's first bytes indicate. `refused` is the name of a known format that is not accepted, and
 * `wrapped` a sentence about an encoding of a picture; both are for the error message.
 */
export type SniffedFormat =
  | { readonly accepted: SourceFormat }
  | { readonly refused: string }
  | { readonly wrapped: string }
  | { readonly unknown: true }

/** Number of bytes at the start of a file that `sniff` reads. */
export const SNIFF_BYTES = 256

/** Every format that can be decoded. The configuration selects those that are accepted. */
export const sourceTypes: Readonly<Record<SourceFormat, { label: string; mediaType: string }>> = {
  jpeg: { label: 'JPEG', mediaType: 'image/jpeg' },
  png: { label: 'PNG', mediaType: 'image/png' },
  webp: { label: 'WebP', mediaType: 'image/webp' },
  gif: { label: 'GIF', mediaType: 'image/gif' },
  avif: { label: 'AVIF', mediaType: 'image/avif' },
  heic: { label: 'HEIC', mediaType: 'image/heic' },
}

export const sourceFormats = Object.keys(sourceTypes) as SourceFormat[]

/**
 * Formats accepted by default. The decoders of AVIF and HEIC hold the whole picture, so the limit on held pixels bounds
 * their memory.
 */
export const defaultSourceFormats: readonly SourceFormat[] = sourceFormats

/** Default limit on the pixels of a picture that is decoded row by row: phones make photos of 200 megapixels. */
export const MAX_PIXELS = 210_000_000

type Signature = readonly [offset: number, bytes: string]
type Test = (head: string) => boolean

const at =
  (...signatures: Signature[]): Test =>
  (head) =>
    signatures.every(([offset, bytes]) => head.startsWith(bytes, offset))

const anyOf =
  (...tests: Test[]): Test =>
  (head) =>
    tests.some((test) => test(head))

/** ISO/IEC 14496-12, section 4.3: `ftyp`, the major brand, its version, then the compatible brands. */
function brandsOf(head: string): string[] {
  if (!head.startsWith('ftyp', 4)) return []
  const end = Math.min(head.length, head.charCodeAt(2) * 256 + head.charCodeAt(3))
  const brands = head.slice(8, end).match(/.{4}/gs) ?? []
  return brands.filter((_, i) => i !== 1)
}

type HeifFormat = 'avif' | 'heic'

/** AV1 Image File Format, section 6; ISO/IEC 23008-12, annex B.4. */
const CODEC_BRANDS: ReadonlyMap<string, HeifFormat> = new Map([
  ['avif', 'avif'],
  ['avis', 'avif'],
  ...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'].map(
    (brand) => [brand, 'heic'] as const,
  ),
])

/** ISO/IEC 23008-12, section 10.2: brands of pictures and sequences in any codec. */
const ANY_CODEC_BRANDS = ['mif1', 'mif2', 'msf1', 'miaf']

/** The first brand of a codec decides. Without one, the first item type in the head decides. */
function heifFormatOf(head: string): HeifFormat | undefined {
  const brands = brandsOf(head)
  const named = brands.find((brand) => CODEC_BRANDS.has(brand))
  if (named) return CODEC_BRANDS.get(named)
  if (!brands.some((brand) => ANY_CODEC_BRANDS.includes(brand))) return undefined
  return /av01|hvc1/.exec(head)?.[0] === 'av01' ? 'avif' : 'heic'
}

const sourceTests: Readonly<Record<SourceFormat, Test>> = {
  jpeg: at([0, '\xff\xd8\xff']),
  png: at([0, '\x89PNG\r\n\x1a\n']),
  webp: at([0, 'RIFF'], [8, 'WEBP']),
  gif: anyOf(at([0, 'GIF87a']), at([0, 'GIF89a'])),
  avif: (head) => heifFormatOf(head) === 'avif',
  heic: (head) => heifFormatOf(head) === 'heic',
}

/** Canon CR2 and CR3, Fujifilm, Olympus, Panasonic, Sigma. Other RAW photos begin as TIFF does. */
const isRawPhoto = anyOf(
  at([0, 'II*\0'], [8, 'CR']),
  at([4, 'ftypcrx ']),
  at([0, 'FUJIFILMCCD-RAW']),
  anyOf(at([0, 'IIRO']), at([0, 'IIRS']), at([0, 'MMOR'])),
  at([0, 'IIU\0']),
  at([0, 'FOVb']),
)

/** The first match wins: stricter tests come before looser ones. */
const refusedFormats: readonly (readonly [name: string, test: Test])[] = [
  ['A RAW photo', isRawPhoto],
  ['A video', (head) => head.startsWith('RIFF') && head.startsWith('AVI ', 8)],
  ['A video', (head) => head.startsWith('ftyp', 4) || head.startsWith('\x1aE\xdf\xa3')],
  ['JPEG XL', anyOf(at([0, '\xff\x0a']), at([4, 'JXL \r\n\x87\n']))],
  ['JPEG 2000', anyOf(at([4, 'jP  \r\n\x87\n']), at([0, '\xff\x4f\xff\x51']))],
  ['TIFF or RAW', anyOf(at([0, 'II*\0']), at([0, 'MM\0*']), at([0, 'II+\0']), at([0, 'MM\0+']))],
  ['BMP', at([0, 'BM'])],
  ['ICO', anyOf(at([0, '\0\0\x01\0']), at([0, '\0\0\x02\0']))],
  ['PSD', at([0, '8BPS'])],
  ['PDF', at([0, '%PDF'])],
  [
    'SVG',
    (head) =>
      /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(svg|!DOCTYPE svg)\b/is.test(head),
  ],
  ['HTML', (head) => /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)\b/i.test(head)],
]

export function sniff(bytes: Uint8Array, accept: readonly SourceFormat[]): SniffedFormat {
  const head = String.fromCharCode(...bytes.subarray(0, SNIFF_BYTES))
  const format = sourceFormats.find((name) => sourceTests[name](head))
  if (format) {
    return accept.includes(format) ? { accepted: format } : { refused: sourceTypes[format].label }
  }
  const wrapped = describeWrapping(head)
  if (wrapped) return { wrapped }
  const name = refusedFormats.find(([, test]) => test(head))?.[0]
  return name ? { refused: name } : { unknown: true }
}

/** Returns the message for a user whose file is not accepted. */
export function unsupportedFormatMessage(
  sniffed: Exclude<SniffedFormat, { accepted: SourceFormat }>,
  accept: readonly SourceFormat[],
): string {
  if ('wrapped' in sniffed) return sniffed.wrapped
  const problem =
    'refused' in sniffed
      ? `${sniffed.refused} is not accepted`
      : 'This is not a picture that can be read'
  return `${problem}; send ${acceptedList(accept)}`
}

/** Lists the labels of formats in a phrase such as `JPEG, PNG, WebP or GIF`. */
export function acceptedList(accept: readonly SourceFormat[]): string {
  const labels = accept.map((format) => sourceTypes[format].label)
  const last = labels.pop()
  return labels.length > 0 ? `${labels.join(', ')} or ${last}` : `${last}`
}
