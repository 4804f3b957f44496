import { type Recipe, recipe, type VariantFormat } from '@visage/shared/avatar/recipe'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { at, deltaE, difference, flat, of, paint, scene } from '../support/pictures/pictures.ts'
import { renderPicture, shown } from '../support/pictures/rendered.ts'

const EVERY: readonly VariantFormat[] = ['avif', 'webp', 'jpeg', 'png']
const by = (more: Partial<Recipe>) => (bytes: Buffer) =>
  renderPicture(bytes, limits, { ...recipe, ...more })
const inEvery = by({ formats: EVERY })

/** Name of the AVIF container in libvips. */
const nameOf = (format?: string) => (format === 'heif' ? 'avif' : format)

test('a picture has exactly the sizes and formats of its recipe', async () => {
  const render = by({ sizes: [100, 30], formats: ['jpeg', 'png'] })
  const { variants } = await render(await of(scene(300, 200)).png().toBuffer())
  expect(variants.map(({ size, format }) => `${size} ${format}`)).toEqual([
    ...['100 jpeg', '100 png', '30 jpeg', '30 png'],
  ])
})

test.each([
  [300, 200],
  [1, 1],
  [3, 500],
])('a picture of %i by %i comes in every format, each as what it is called', async (w, h) => {
  const { variants } = await inEvery(await of(scene(w, h)).png().toBuffer())
  for (const { size, format, data } of variants) {
    const { format: found, width, height, space } = await sharp(data).metadata()
    expect({ found: nameOf(found), width, height, space }).toEqual({
      found: format,
      width: size,
      height: size,
      space: 'srgb',
    })
  }
  expect(new Set(variants.map(({ format }) => format))).toEqual(new Set(EVERY))
})

test('a picture looks the same in every format', async () => {
  const rendered = await inEvery(await of(scene(300, 300)).png().toBuffer())
  const png = await shown(rendered, 'png')
  for (const format of EVERY)
    expect(difference(await shown(rendered, format), png), format).toBeLessThan(3)
})

describe('transparency', () => {
  const half = paint(100, 100, (x) => (x < 50 ? [0, 0, 0, 0] : [200, 40, 40, 255]))

  test.each(['avif', 'webp', 'png'] as const)('is kept in %s', async (format) => {
    const raster = await shown(await inEvery(await of(half).png().toBuffer()), format)
    expect(at(raster, 10, 50)[3]).toBe(0)
    expect(at(raster, 90, 50)[3]).toBe(255)
    expect(deltaE(at(raster, 90, 50).slice(0, 3), [200, 40, 40])).toBeLessThan(6)
  })

  test('is replaced by the background of the recipe in JPEG', async () => {
    const rendered = await by({ background: '#0080ff' })(await of(half).png().toBuffer())
    expect(deltaE(at(await shown(rendered, 'jpeg'), 10, 50), [0, 128, 255])).toBeLessThan(4)
  })
})

test.each(['avif', 'webp', 'jpeg'] as const)(
  'a lower quality of %s makes it smaller and does not change other formats',
  async (format) => {
    const source = await of(scene(300, 300)).png().toBuffer()
    const encoding = {
      ...recipe.encoding,
      [format]: { ...recipe.encoding[format], quality: 10 },
    }
    const [fine, coarse] = [await inEvery(source), await by({ formats: EVERY, encoding })(source)]
    for (const [i, { format: found, data }] of fine.variants.entries()) {
      const other = coarse.variants[i]?.data as Buffer
      if (found === format) expect(other.length).toBeLessThan(data.length)
      else expect(other.equals(data)).toBe(true)
    }
  },
)

test('concurrent renders of the same bytes give the same bytes in every format', async () => {
  const source = await of(scene(300, 300)).jpeg().toBuffer()
  const bytesOf = async () => (await inEvery(source)).variants.map((v) => v.data.toString('base64'))
  const first = await bytesOf()
  for (const other of await Promise.all([bytesOf(), bytesOf(), bytesOf()]))
    expect(other).toEqual(first)
})

test('a source is never enlarged', async () => {
  const render = by({ sizes: [4096, 50] })
  const { variants } = await render(
    await of(flat(80, 90, [9, 9, 9]))
      .png()
      .toBuffer(),
  )
  expect([...new Set(variants.map(({ size }) => size))]).toEqual([80, 50])
})
