import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { readItem } from '../../../../../apps/worker/src/image/heif/item-data.ts'
import { readMeta } from '../../../../../apps/worker/src/image/heif/meta.ts'
import { openAvif } from '../../../../../apps/worker/src/image/heif/open-avif.ts'
import { isTruncated } from '../../../../../apps/worker/src/image/truncation.ts'
import { box, clap, type HeifItem, heif, u32 } from '../../../../support/pictures/heif.ts'
import { flat, of } from '../../../../support/pictures/pictures.ts'

const [WIDTH, HEIGHT] = [48, 32]
let red: HeifItem
let blue: HeifItem

beforeAll(async () => {
  red = await av1Item([200, 20, 20])
  blue = await av1Item([20, 20, 200])
})

async function av1Item(colour: readonly number[]): Promise<HeifItem> {
  const file = await of(flat(WIDTH, HEIGHT, colour))
    .avif({ effort: 0 })
    .toBuffer()
  const meta = readMeta(file)
  const properties = (meta.properties.get(meta.primary) ?? []).map(({ type, data }) =>
    box(type, data),
  )
  return { type: 'av01', data: readItem(file, meta, meta.primary), properties }
}

/** An animation: the track's first frame is the second item, and the primary item is the first. */
function animation(major: string): Buffer {
  const file = heif({ brands: [major, 'avif', 'avis', 'mif1', 'msf1', 'miaf'], items: [red, blue] })
  const at = file.length - blue.data.length
  const hdlr = box('hdlr', u32(0, 0), Buffer.from('pict'), u32(0, 0, 0))
  const stsz = box('stsz', u32(0, 0, 1, blue.data.length))
  const stco = box('stco', u32(0, 1, at))
  const stbl = box('minf', box('stbl', stsz, stco))
  return Buffer.concat([file, box('moov', box('trak', box('mdia', hdlr, stbl)))])
}

async function shown(file: Buffer) {
  const { data, info } = await sharp(openAvif(file).file, { failOn: 'warning', autoOrient: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { size: [info.width, info.height], pixel: [...data.subarray(0, 3)] }
}

const near = (colour: readonly number[]) => colour.map((value) => expect.closeTo(value, -1))

test.each(['avis', 'msf1', 'mif1'])(
  'an animation of the major brand %s: the first frame',
  async (major) => {
    const { pixel, size } = await shown(animation(major))
    expect(size).toEqual([WIDTH, HEIGHT])
    expect(pixel).toEqual(near([20, 20, 200]))
  },
)

test('a still picture that is an animation as well: the still picture', async () => {
  expect((await shown(animation('avif'))).pixel).toEqual(near([200, 20, 20]))
})

test('a still picture is read as it is, without a copy', () => {
  const file = heif({ brands: ['avif', 'mif1', 'miaf'], items: [red] })
  expect(openAvif(file).file).toBe(file)
})

test.each([
  ['at the top left corner is applied', [-24, -16], [24, 16]],
  ['elsewhere is ignored', [8, 4], [WIDTH, HEIGHT]],
] as const)('a clean aperture %s', async (_, [x, y], size) => {
  const properties = [...(red.properties ?? []), clap(24, 16, x, y)]
  const file = heif({ brands: ['avif', 'mif1', 'miaf'], items: [{ ...red, properties }] })
  expect((await shown(file)).size).toEqual(size)
})

test('an animation that lacks data of its first frame is refused', async () => {
  const file = animation('avis')
  const at = file.indexOf(blue.data)
  file.fill(0, at, at + blue.data.length)
  await expect(shown(file)).rejects.toThrow()
})

test('a file ends early if an item lies behind its end, though its boxes end with it', () => {
  const file = heif({ brands: ['avif', 'mif1', 'miaf'], items: [red] })
  const toTheEnd = Buffer.from(file)
  toTheEnd.writeUInt32BE(0, file.indexOf('mdat') - 4)
  expect(isTruncated(toTheEnd)).toBe(false)
  expect(isTruncated(toTheEnd.subarray(0, -1))).toBe(true)
})

test('a damaged header is left to the decoder', () => {
  const file = animation('avis')
  for (let length = 12; length < file.length; length += 7)
    expect(() => openAvif(file.subarray(0, length))).not.toThrow()
})
