import { beforeAll, describe, expect, test } from 'vitest'
import { ORIENTATIONS, stored } from '../support/pictures/orientations.ts'
import { difference, of, type Raster, scene } from '../support/pictures/pictures.ts'
import { renderPicture, shownInEach } from '../support/pictures/rendered.ts'

/** Size at which a JPEG is shrunk during decoding. */
const large = scene(1060, 1030)
const small = scene(330, 300)
const encoders = [
  [
    'JPEG',
    large,
    (raster: Raster) => of(raster).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
  ],
  ['PNG', small, (raster: Raster) => of(raster).png()],
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
    'of orientation %i looks like the upright picture',
    async (orientation, firstRow, firstColumn) => {
      const { source, rasters } = await render(stored(upright, firstRow, firstColumn), orientation)
      expect(source).toEqual(wanted.source)
      for (const [i, raster] of rasters.entries())
        expect(difference(raster, wanted.rasters[i] as Raster)).toBeLessThan(1)
    },
  )
})

test('the comparison detects every wrong rotation', async () => {
  const show = async (raster: Raster) =>
    (await shownInEach(await renderPicture(await of(raster).png().toBuffer())))[0] as Raster
  const upright = await show(small)
  for (const [orientation, firstRow, firstColumn] of ORIENTATIONS.slice(1)) {
    const turned = await show(stored(small, firstRow, firstColumn))
    expect(difference(turned, upright), `orientation ${orientation}`).toBeGreaterThan(10)
  }
})

test.each([0, 9, 255, 65_535])(
  'the invalid orientation %i is treated as upright',
  async (wrong) => {
    const jpeg = await of(small).withMetadata({ orientation: 1 }).jpeg().toBuffer()
    const tag = jpeg.indexOf(Buffer.from('1201', 'hex'))
    expect(tag).toBeGreaterThan(0)
    jpeg.writeUInt16LE(wrong, tag + 8)
    expect((await renderPicture(jpeg)).source).toMatchObject({ width: 330, height: 300 })
  },
)
