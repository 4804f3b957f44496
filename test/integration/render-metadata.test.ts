import { defaultSourceFormats } from '@visage/shared/avatar/formats'
import { type Recipe, recipe, variantFormats } from '@visage/shared/avatar/recipe'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import type { Rendered } from '../../apps/worker/src/image/rendered.ts'
import {
  avifBoxes,
  jpegSegment,
  jpegSegments,
  pngChunks,
  webpChunks,
  withChunk,
  withComment,
  withSegments,
} from '../support/pictures/headers.ts'
import { noise, of, scene } from '../support/pictures/pictures.ts'
import { renderPicture as renderBy } from '../support/pictures/rendered.ts'

const SIDE = 150
const SECRET = 'a-private-secret'
const TRAILER = Buffer.from(`${SECRET} after the end`)
const EXIF = {
  IFD0: { Make: SECRET, Artist: SECRET, ImageDescription: SECRET },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSAreaInformation: SECRET },
}
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description>${SECRET}</rdf:Description></rdf:RDF></x:xmpmeta>`

const picture = () =>
  of(scene(SIDE, SIDE))
    .withExif(EXIF)
    .withXmp(XMP)
    .withIccProfile('p3')
    .withMetadata({ density: 300 })

/** Recipe with every format and animation. */
const everything: Recipe = { ...recipe, formats: variantFormats, animated: 'keep' }
const taking = { ...limits, accept: [...defaultSourceFormats, 'avif'] as const }
const renderPicture = (bytes: Buffer) => renderBy(bytes, taking, everything)

/** Two frames. */
function moving() {
  const frames = [scene(SIDE, SIDE), noise(SIDE, SIDE)]
  const raw = { width: SIDE, height: 2 * SIDE, channels: 3, pageHeight: SIDE } as const
  return sharp(Buffer.concat(frames.map(({ data }) => data)), { raw, pages: -1 })
}

/** Files with metadata of cameras, of editors and of attackers. */
const files: Readonly<Record<string, () => Promise<Buffer>>> = {
  JPEG: async () =>
    withSegments(
      await picture().jpeg().toBuffer(),
      jpegSegment(0xfe, SECRET),
      jpegSegment(0xed, `Photoshop 3.0\0${SECRET}`),
      jpegSegment(0xe5, SECRET),
    ),
  PNG: async () => {
    const png = withChunk(await picture().png().toBuffer(), 'tEXt', `Comment\0${SECRET}`)
    return withChunk(png, 'prVt', SECRET)
  },
  WebP: () => picture().webp().toBuffer(),
  GIF: async () => withComment(await of(scene(SIDE, SIDE)).gif().toBuffer(), SECRET),
  AVIF: () => picture().avif({ effort: 0 }).toBuffer(),
  'GIF that moves': async () => withComment(await moving().gif({ delay: 100 }).toBuffer(), SECRET),
  'WebP that moves': () =>
    moving().withExif(EXIF).withXmp(XMP).withIccProfile('p3').webp({ delay: 100 }).toBuffer(),
}

/** JFIF, tables, frames, restarts, scan. */
const JPEG_MARKERS = [0xe0, 0xdb, 0xc4, 0xc0, 0xc2, 0xdd, 0xda]
const WEBP_CHUNKS = ['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']
/** Size, resolution of one pixel a millimetre, pixels, end. */
const PNG_CHUNKS = ['IHDR', 'pHYs', 'IDAT', 'IEND']
/** Boxes of an AVIF. Its items are only AV1 pictures. */
const AVIF_BOXES = ['ftyp', 'meta', 'mdat']

describe.each(Object.entries(files))('of a %s', (_, make) => {
  let source: Buffer
  let rendered: Rendered

  beforeAll(async () => {
    source = Buffer.concat([await make(), TRAILER])
    rendered = await renderPicture(source)
  })

  test('with private metadata, no variant contains it', async () => {
    expect(source.includes(SECRET)).toBe(true)
    const moves = rendered.variants.some(({ animated }) => animated)
    expect(moves).toBe((await sharp(source).metadata()).pages === 2)
    for (const { data } of rendered.variants) expect(data.includes(SECRET)).toBe(false)
  })

  test('no variant has EXIF, GPS, XMP, IPTC, a profile, a comment or a resolution', async () => {
    for (const { data } of rendered.variants) {
      const metadata = await sharp(data).metadata()
      for (const kind of ['exif', 'xmp', 'icc', 'iptc', 'comments', 'orientation'] as const)
        expect(metadata[kind], kind).toBeUndefined()
      expect(metadata.density).not.toBe(300)
    }
  })

  test('each JPEG has only the segments that its pixels need', () => {
    for (const { format, data } of rendered.variants.filter((one) => one.format === 'jpeg')) {
      for (const { marker } of jpegSegments(data))
        expect(JPEG_MARKERS, `${format} ${marker.toString(16)}`).toContain(marker)
      expect([...data.subarray(-2)]).toEqual([0xff, 0xd9])
    }
  })

  test('each WebP has only the chunks that its pixels need, and no bytes after its end', () => {
    for (const { data } of rendered.variants.filter((one) => one.format === 'webp')) {
      for (const name of webpChunks(data)) expect(WEBP_CHUNKS).toContain(name)
      expect(data.readUInt32LE(4) + 8).toBe(data.length)
    }
  })

  test('each PNG has only the chunks that its pixels need, and no bytes after its end', () => {
    for (const data of inFormat('png')) {
      const chunks = pngChunks(data)
      for (const name of chunks) expect(PNG_CHUNKS).toContain(name)
      expect(chunks.at(-1)).toBe('IEND')
    }
  })

  test('each AVIF has only the boxes and items that its pixels need', () => {
    for (const data of inFormat('avif')) {
      expect(avifBoxes(data)).toEqual(AVIF_BOXES)
      const items = data.toString('latin1').match(/infe.{8}(.{4})/gs) ?? []
      expect(items.length).toBeGreaterThan(0)
      for (const item of items) expect(item.slice(-4)).toBe('av01')
    }
  })

  const inFormat = (wanted: string) => {
    const found = rendered.variants.filter(({ format }) => format === wanted)
    expect(found.length).toBeGreaterThan(0)
    return found.map(({ data }) => data)
  }
})

describe('the same bytes give the same bytes', () => {
  const bytesOf = ({ variants }: Rendered) => variants.map(({ data }) => data.toString('base64'))

  test.each(Object.entries(files))('of a %s, sequentially and concurrently', async (_, make) => {
    const source = await make()
    const first = await renderPicture(source)
    const others = await Promise.all([1, 2, 3].map(() => renderPicture(Buffer.from(source))))
    for (const other of others) {
      expect(bytesOf(other)).toEqual(bytesOf(first))
      expect(other.placeholder).toBe(first.placeholder)
      expect(other.color).toBe(first.color)
    }
  })

  test('and metadata makes no difference', async () => {
    const plain = await of(scene(SIDE, SIDE)).jpeg().toBuffer()
    const dressed = withSegments(plain, jpegSegment(0xfe, 'a comment'))
    expect(bytesOf(await renderPicture(dressed))).toEqual(bytesOf(await renderPicture(plain)))
  })

  test('and the source is not modified', async () => {
    const source = await of(scene(SIDE, SIDE)).jpeg().toBuffer()
    const before = Buffer.from(source)
    await renderPicture(source)
    expect(source.equals(before)).toBe(true)
  })
})
