import {
  acceptedList,
  defaultSourceFormats,
  SNIFF_BYTES,
  type SniffedFormat,
  type SourceFormat,
  sniff as sniffAmong,
  sourceFormats,
  sourceTypes,
  unsupportedFormatMessage,
} from '@visage/shared/avatar/formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Without the formats that share a container with others. */
const few: readonly SourceFormat[] = ['jpeg', 'png', 'webp', 'gif']
const sniff = (bytes: Uint8Array) => sniffAmong(bytes, few)
const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** An ISO-BMFF `ftyp` box: its size, the major brand, a version, then the compatible brands. */
function ftyp(major: string, version = '\0\0\0\0', ...compatible: string[]): Buffer {
  const body = latin1(`ftyp${major}${version}${compatible.join('')}`)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length + 4)
  return Buffer.concat([size, body])
}

const accepted = [
  ['jpeg', latin1('\xff\xd8\xff\xe0\0\x10JFIF\0')],
  ['jpeg', latin1('\xff\xd8\xff\xdb\0C\0')],
  ['png', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
  ['webp', latin1('RIFF\x24\0\0\0WEBPVP8 ')],
  ['gif', latin1('GIF87a\x01\0\x01\0')],
  ['gif', latin1('GIF89a\x01\0\x01\0')],
] as const

const refused: readonly (readonly [string, Buffer])[] = [
  ['AVIF', ftyp('avif')],
  ['AVIF', ftyp('avis', '\0\0\0\0', 'msf1')],
  ['AVIF', ftyp('mif1', '\0\0\0\0', 'miaf', 'avif')],
  ['HEIC', ftyp('heic', '\0\0\0\0', 'mif1')],
  ['HEIC', ftyp('mif1', '\0\0\0\0', 'heic')],
  ...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'].map(
    (brand) => ['HEIC', ftyp(brand)] as const,
  ),
  [
    'AVIF',
    Buffer.concat([ftyp('mif1', '\0\0\0\0', 'miaf'), latin1('infe\x02\0\0\0\0\x01\0\0av01')]),
  ],
  [
    'HEIC',
    Buffer.concat([ftyp('mif1', '\0\0\0\0', 'miaf'), latin1('infe\x02\0\0\0\0\x01\0\0hvc1')]),
  ],
  ['A video', ftyp('isom', '\0\0\x02\0', 'iso2', 'avc1', 'mp41')],
  ['A video', ftyp('qt  ')],
  ['A video', latin1('\x1aE\xdf\xa3\x01\0\0\0')],
  ['JPEG XL', latin1('\xff\x0a\xfa\x7f')],
  ['JPEG XL', latin1('\0\0\0\x0cJXL \r\n\x87\n')],
  ['JPEG 2000', latin1('\0\0\0\x0cjP  \r\n\x87\n')],
  ['JPEG 2000', latin1('\xff\x4f\xff\x51\0')],
  ['TIFF or RAW', latin1('II*\0\x08\0\0\0')],
  ['TIFF or RAW', latin1('MM\0*\0\0\0\x08')],
  ['TIFF or RAW', latin1('II+\0\x08\0\0\0')],
  ['TIFF or RAW', latin1('MM\0+\0\x08\0\0')],
  ['BMP', latin1('BM6\0\0\0')],
  ['ICO', latin1('\0\0\x01\0\x01\0')],
  ['ICO', latin1('\0\0\x02\0\x01\0')],
  ['PSD', latin1('8BPS\0\x01')],
  ['PDF', latin1('%PDF-1.7')],
  ['SVG', latin1('<svg xmlns="http://www.w3.org/2000/svg">')],
  ['SVG', latin1('\xef\xbb\xbf  \n<svg>')],
  ['SVG', latin1('<?xml version="1.0"?>\n<!-- made by hand -->\n<svg>')],
  ['SVG', latin1('<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN">')],
  ['SVG', latin1('<SVG>')],
  ['SVG', latin1('\n<!DOCTYPE svg>')],
  ['SVG', latin1('<?xml version="1.0"?><svg>')],
  ['SVG', latin1('<!--\na\n-->\n\n<svg>')],
  ['SVG', latin1('\xef\xbb\xbf<?xml version="1.0"?>\n\n<!-- a --><svg>')],
  ['HTML', latin1('<html lang="en">')],
  ['HTML', latin1('<head>')],
  ['HTML', latin1('<body>')],
  ['HTML', latin1('\xef\xbb\xbf<html>')],
  ['HTML', latin1('<!DOCTYPE html><title>')],
  ['HTML', latin1('\n<script>alert(1)</script>')],
]

const unknown = [
  ['nothing', ''],
  ['text', 'hello'],
  ['zeros', '\0'.repeat(300)],
  ['RIFF that is a sound', 'RIFF\x24\0\0\0WAVEfmt '],
  ['a JPEG marker without its third byte', '\xff\xd8\0\0'],
  ['a PNG with converted line ends', '\x89PNG\n\x1a\n\0\0\0\rIHDR'],
  ['GIF of a version that never was', 'GIF88a\x01\0\x01\0'],
  ['a signature that does not stand at the start', ' \x89PNG\r\n\x1a\n'],
  ['XML of another kind', '<?xml version="1.0"?><rss>'],
  ['an element whose name only begins with svg', '<svgfoo>'],
  ['an element whose name only begins with html', '<htmlx>'],
  ['a page within text', 'see <html>'],
  ['a drawing within text', 'see <svg>'],
  ['a box of another kind that holds a brand', '\0\0\0\x14junkavif\0\0\0\0avif'],
  ['a WebP name within another container', 'XXXX\x24\0\0\0WEBPVP8 '],
] as const

const nameOf = (sniffed: SniffedFormat) =>
  'accepted' in sniffed ? sniffed.accepted : 'refused' in sniffed ? sniffed.refused : 'unknown'

describe('sniff', () => {
  test.each(accepted)('%s is accepted by its first bytes', (format, bytes) => {
    expect(sniff(bytes)).toEqual({ accepted: format })
  })

  test.each(refused)('%s is refused by name', (name, bytes) => {
    expect(sniff(bytes)).toEqual({ refused: name })
  })

  test.each(unknown)('%s is unknown', (_, text) => {
    expect(sniff(latin1(text))).toEqual({ unknown: true })
  })

  test('a file cut at any length is never taken for another accepted format, and never throws', () => {
    for (const [name, bytes] of [...accepted, ...refused])
      for (let length = 0; length <= bytes.length; length++) {
        const sniffed = sniff(bytes.subarray(0, length))
        if ('accepted' in sniffed) expect(sniffed.accepted).toBe(name)
      }
  })

  test('no bytes make it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void sniff(bytes)))
  })

  test('markup of the maximum length is detected quickly', () => {
    const hostile = [
      '<!--'.repeat(64),
      `<?xml ${'?'.repeat(250)}`,
      ' '.repeat(256),
      '<!-- -->'.repeat(32),
    ]
    const started = performance.now()
    for (const text of hostile) for (let i = 0; i < 100; i++) sniff(latin1(text))
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  test.each([
    ...accepted,
    ['avif', ftyp('avif')] as const,
    ['heic', ftyp('heic', '\0\0\0\0', 'mif1')] as const,
  ])('%s is accepted if it is configured, else refused by name', (format, bytes) => {
    const others = sourceFormats.filter((other) => other !== format)
    expect(sniffAmong(bytes, sourceFormats)).toEqual({ accepted: format })
    expect(sniffAmong(bytes, [format])).toEqual({ accepted: format })
    expect(sniffAmong(bytes, others)).toEqual({ refused: sourceTypes[format].label })
  })

  test('HEIC is refused if only AVIF is accepted, which has the same container', () => {
    expect(sniffAmong(ftyp('heic', '\0\0\0\0', 'mif1'), ['avif'])).toEqual({ refused: 'HEIC' })
  })

  test('the first brand of a codec decides', () => {
    expect(nameOf(sniff(ftyp('heic', '\0\0\0\0', 'mif1', 'avif')))).toBe('HEIC')
    expect(nameOf(sniff(ftyp('mif1', '\0\0\0\0', 'avif', 'heic')))).toBe('AVIF')
  })

  test('the first 256 bytes of a file identify its format', () => {
    expect(SNIFF_BYTES).toBe(256)
    const svg = Buffer.concat([Buffer.alloc(251, 0x20), latin1('<svg>')])
    expect(nameOf(sniff(svg))).toBe('SVG')
  })

  test('only the first bytes are read', () => {
    const late = Buffer.concat([Buffer.alloc(SNIFF_BYTES, 0x20), latin1('<svg>')])
    expect(nameOf(sniff(late))).toBe('unknown')
  })

  test('a view into a larger buffer is read from its own start', () => {
    const larger = Uint8Array.from(latin1('<svg>\x89PNG\r\n\x1a\n'))
    expect(nameOf(sniff(larger.subarray(5)))).toBe('png')
  })
})

describe('brands of ISO-BMFF', () => {
  test('a version that looks like a brand is ignored', () => {
    expect(nameOf(sniff(ftyp('isom', 'avif')))).toBe('A video')
  })

  test('a brand after the box is ignored', () => {
    const box = ftyp('isom', '\0\0\0\0', 'iso2')
    expect(nameOf(sniff(Buffer.concat([box, latin1('avif')])))).toBe('A video')
  })

  test('a box of 256 bytes is read to its end', () => {
    const others = Array.from({ length: 59 }, () => 'iso2')
    const box = ftyp('isom', '\0\0\0\0', ...others, 'avif')
    expect(box).toHaveLength(256)
    expect(nameOf(sniff(box))).toBe('AVIF')
  })

  test('a box longer than the file is read to the end of the file', () => {
    const box = ftyp('mif1', '\0\0\0\0', 'avif')
    box.writeUInt32BE(1000)
    expect(nameOf(sniff(box))).toBe('AVIF')
  })
})

describe('the message', () => {
  test('lists the accepted formats', () => {
    expect(acceptedList(defaultSourceFormats)).toBe('JPEG, PNG, WebP, GIF, AVIF or HEIC')
    expect(acceptedList(['png', 'avif'])).toBe('PNG or AVIF')
    expect(acceptedList(['jpeg'])).toBe('JPEG')
  })

  test.each([...new Set(refused.map(([name]) => name))])('%s by its name', (name) => {
    expect(unsupportedFormatMessage({ refused: name }, ['jpeg', 'png'])).toBe(
      `${name} is not accepted; send JPEG or PNG`,
    )
  })

  test('an unknown format without a name', () => {
    expect(unsupportedFormatMessage({ unknown: true }, defaultSourceFormats)).toMatch(
      /^This is not a picture.*; send JPEG, PNG/,
    )
  })

  test('each format has the media type of its name', () => {
    for (const [format, { mediaType }] of Object.entries(sourceTypes))
      expect(mediaType).toBe(`image/${format}`)
  })
})
