import { beforeAll, describe, expect, test } from 'vitest'
import { jpegFile, segment } from '../support/hostile/jpeg.ts'
import { pngChunk, pngData, pngFile } from '../support/hostile/png.ts'
import { extendedHeader, FLAGS, riffChunk, riffChunks, webpFile } from '../support/hostile/webp.ts'
import { exifOrientation, withExifName } from '../unit/support/exif.ts'
import { at, difference, of, paint, type Raster, scene } from '../unit/support/pictures.ts'
import { renderPicture, shownInEach } from '../unit/support/rendered.ts'

/** EXIF 2.32, tag 0x0112: where the first row and the first column of the stored pixels are seen. */
const ORIENTATIONS = [
  [1, 'top', 'left'],
  [2, 'top', 'right'],
  [3, 'bottom', 'right'],
  [4, 'bottom', 'left'],
  [5, 'left', 'top'],
  [6, 'right', 'top'],
  [7, 'right', 'bottom'],
  [8, 'left', 'bottom'],
] as const

type Side = (typeof ORIENTATIONS)[number][1]

/** The pixels as a camera stores them that holds its sensor that way. */
function stored(upright: Raster, firstRow: Side, firstColumn: Side): Raster {
  const { width, height } = upright
  const seenAt: Record<Side, (x: number, y: number, step: number) => [number, number]> = {
    top: (x, _, step) => [x, step],
    bottom: (x, _, step) => [x, height - 1 - step],
    left: (_, y, step) => [step, y],
    right: (_, y, step) => [width - 1 - step, y],
  }
  const lying = firstRow === 'left' || firstRow === 'right'
  return paint(lying ? height : width, lying ? width : height, (column, row) => {
    const [x, y] = seenAt[firstRow](...seenAt[firstColumn](0, 0, column), row)
    return at(upright, x, y)
  })
}

/** Large enough for a JPEG to be shrunk while it is decoded. */
const large = scene(1060, 1030)
const small = scene(330, 300)
const encoders = [
  [
    'JPEG',
    large,
    (raster: Raster) => of(raster).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
  ],
  ['PNG', small, (raster: Raster) => of(raster).png()],
  ['WebP', small, (raster: Raster) => of(raster).webp({ lossless: true })],
] as const

describe.each(encoders)('a %s', (_, upright, encode) => {
  const render = async (raster: Raster, orientation: number) => {
    const bytes = await encode(raster).withMetadata({ orientation }).toBuffer()
    const rendered = await renderPicture(bytes)
    return { source: rendered.source, rasters: await shownInEach(rendered) }
  }
  let wanted: Awaited<ReturnType<typeof render>>

  beforeAll(async () => {
    wanted = await render(upright, 1)
  })

  test.each(ORIENTATIONS)(
    'of orientation %i is shown as its upright twin is',
    async (orientation, firstRow, firstColumn) => {
      const { source, rasters } = await render(stored(upright, firstRow, firstColumn), orientation)
      expect(source).toEqual(wanted.source)
      for (const [i, raster] of rasters.entries())
        expect(difference(raster, wanted.rasters[i] as Raster)).toBeLessThan(1)
    },
  )
})

/** Even differences of the sides: the middle of either lies on the same pixels, whichever way it is turned. */
const exact = scene(96, 64)
const tall = scene(64, 96)

/** In blocks of 8 by 8 pixels, which a JPEG keeps to the last bit. */
const blocks = (raster: Raster) =>
  paint(raster.width, raster.height, (x, y) => at(raster, x - (x % 8), y - (y % 8)))

const riff = async (raster: Raster, ...exif: Buffer[]) => {
  const chunks = riffChunks(await of(raster).webp({ lossless: true }).toBuffer())
  const image = chunks.map(({ name, data }) => riffChunk(name, data))
  const header = extendedHeader(raster.width, raster.height, FLAGS.exif)
  return webpFile(header, ...image, ...exif.map((data) => riffChunk('EXIF', data)))
}

/** Each puts the orientation into a file that holds the very pixels it is given. */
const lossless: Readonly<
  Record<string, (raster: Raster, orientation: number) => Promise<Buffer> | Buffer>
> = {
  'JPEG, little-endian': (raster, orientation) => blockJpeg(raster, exifOrientation(orientation)),
  'JPEG, big-endian': (raster, orientation) =>
    blockJpeg(raster, exifOrientation(orientation, 'MM')),
  'WebP, little-endian': (raster, orientation) => riff(raster, exifOrientation(orientation)),
  'WebP, big-endian': (raster, orientation) => riff(raster, exifOrientation(orientation, 'MM')),
  'WebP, with the name that JPEG gives it': (raster, orientation) =>
    riff(raster, withExifName(exifOrientation(orientation))),
  'PNG, little-endian': (raster, orientation) => pngOf(raster, exifOrientation(orientation)),
  'PNG, big-endian': (raster, orientation) => pngOf(raster, exifOrientation(orientation, 'MM')),
  'interlaced PNG': (raster, orientation) => pngOf(raster, exifOrientation(orientation), true),
}

function blockJpeg(raster: Raster, exif: Buffer): Buffer {
  return jpegFile({
    ...raster,
    components: [...Buffer.from('RGB')],
    paint: (column, row) => at(raster, column * 8, row * 8),
    segments: [segment(0xe1, withExifName(exif))],
  })
}

function pngOf(raster: Raster, exif: Buffer, interlaced = false): Buffer {
  const header = { width: raster.width, height: raster.height, interlaced }
  const pixels = pngData(header, (x, y) => at(raster, x, y))
  return pngFile(header, pngChunk('eXIf', exif), pixels)
}

/**
 * The pixels that are decoded are the same to the last bit, and nothing is scaled: so the variants are,
 * byte by byte.
 */
describe.each(Object.entries(lossless))('to the last bit: a %s', (name, encode) => {
  const shape = name.startsWith('JPEG') ? blocks : (raster: Raster) => raster

  test.each(ORIENTATIONS)(
    'of orientation %i is its upright twin',
    async (orientation, row, column) => {
      for (const upright of [shape(exact), shape(tall)]) {
        const twin = await renderPicture(await encode(upright, 1))
        const turned = await renderPicture(await encode(stored(upright, row, column), orientation))
        expect(turned).toEqual(twin)
        expect(twin.source).toMatchObject({ width: upright.width, height: upright.height })
      }
    },
  )
})

test('to the last bit is what no wrong turn is', async () => {
  const upright = blocks(exact)
  const twin = await renderPicture(blockJpeg(upright, exifOrientation(1)))
  for (const [orientation, row, column] of ORIENTATIONS.slice(1)) {
    const turned = await renderPicture(blockJpeg(stored(upright, row, column), exifOrientation(1)))
    expect(turned.variants, `orientation ${orientation}`).not.toEqual(twin.variants)
  }
})

test('the difference that is looked for is one that any wrong turn makes', async () => {
  const show = async (raster: Raster) =>
    (await shownInEach(await renderPicture(await of(raster).png().toBuffer())))[0] as Raster
  const upright = await show(small)
  for (const [orientation, firstRow, firstColumn] of ORIENTATIONS.slice(1)) {
    const turned = await show(stored(small, firstRow, firstColumn))
    expect(difference(turned, upright), `orientation ${orientation}`).toBeGreaterThan(10)
  }
})

test.each([0, 9, 255, 65_535])(
  'an orientation of %i, which there is none of, is taken for upright',
  async (wrong) => {
    const jpeg = await of(small).withMetadata({ orientation: 1 }).jpeg().toBuffer()
    const tag = jpeg.indexOf(Buffer.from('1201', 'hex'))
    expect(tag).toBeGreaterThan(0)
    jpeg.writeUInt16LE(wrong, tag + 8)
    expect((await renderPicture(jpeg)).source).toMatchObject({ width: 330, height: 300 })
  },
)
