import { beforeAll, describe, expect, test } from 'vitest'
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
