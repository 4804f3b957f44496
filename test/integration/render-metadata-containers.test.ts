import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { type Part, partsOf } from '../support/pictures/hostile/containers.ts'
import { laden, SECRET } from '../support/pictures/hostile/laden.ts'
import { renderPicture } from '../support/pictures/rendered.ts'

/** Markers of JPEG: JFIF header without a thumbnail, tables, frames, restarts, scans. */
const JPEG_PARTS = ['e0', 'db', 'c4', 'c0', 'c2', 'dd', 'da']

/** Whether the pixels need a part, by its name and content. */
const needed: Readonly<Record<string, (part: Part) => boolean>> = {
  jpeg: ({ name, data }) =>
    JPEG_PARTS.includes(name) && (name !== 'e0' || (data.length === 14 && isPlainJfif(data))),
  webp: ({ name, data }) =>
    ['VP8 ', 'VP8L', 'ALPH'].includes(name) || (name === 'VP8X' && saysOnlyAlpha(data)),
  png: ({ name }) => ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(name),
}

/** JFIF 1.02: its name, a version, a density, and a thumbnail of 0 by 0. */
const isPlainJfif = (data: Buffer) =>
  data.toString('latin1', 0, 5) === 'JFIF\0' && data.readUInt16BE(12) === 0

const saysOnlyAlpha = (data: Buffer) => (data.readUInt8(0) & ~0x10) === 0

const kinds = ['exif', 'xmp', 'icc', 'iptc', 'comments', 'orientation', 'tifftagPhotoshop'] as const

describe.each(Object.entries(laden))('of a %s with every kind of metadata', (name, make) => {
  test('other programs confirm its metadata', async () => {
    const source = await make()
    expect(source.toString('latin1').split(SECRET).length).toBeGreaterThan(4)
    const metadata = await sharp(source).metadata()
    const expected = name === 'GIF' ? [] : ['exif', 'xmp', 'icc']
    for (const kind of expected) expect(metadata, kind).toHaveProperty(kind)
  })

  test('each variant has only the parts that its pixels need', async () => {
    const { variants } = await renderPicture(await make())
    expect(variants.length).toBeGreaterThan(0)
    for (const { format, data } of variants) {
      const parts = partsOf[format]?.(data) ?? []
      expect(parts.length).toBeGreaterThan(0)
      for (const part of parts) expect(needed[format]?.(part), `${format}: ${part.name}`).toBe(true)
    }
  })

  test('no variant has metadata about its origin', async () => {
    for (const { data } of (await renderPicture(await make())).variants) {
      expect(data.includes(SECRET)).toBe(false)
      const metadata = await sharp(data).metadata()
      for (const kind of kinds) expect(metadata, kind).not.toHaveProperty(kind)
    }
  })
})

test('the check finds an extra part and an extra byte', async () => {
  const { variants } = await renderPicture(await (laden.JPEG as () => Promise<Buffer>)())
  const of = (format: string) => variants.find((one) => one.format === format)?.data as Buffer
  const comment = Buffer.from([0xff, 0xfe, 0, 3, 65])
  const jpeg = of('jpeg')
  const changed = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)])
  expect(partsOf.jpeg?.(changed).some((part) => !needed.jpeg?.(part))).toBe(true)
  for (const format of ['jpeg', 'webp'])
    expect(() => partsOf[format]?.(Buffer.concat([of(format), Buffer.alloc(1)]))).toThrow(/parts/)
})
