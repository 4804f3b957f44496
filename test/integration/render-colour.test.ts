import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { jpegSegment, withSegments } from '../support/pictures/headers.ts'
import { at, deltaE, flat, of, open, paint, type Samples } from '../support/pictures/pictures.ts'
import { renderPicture, shownInEach } from '../support/pictures/rendered.ts'

const PATCH = 100
const BEST = { quality: 100, chromaSubsampling: '4:4:4' }

/** Colours well inside the gamut of print and of every profile here. */
const MUTED: readonly Samples[] = [
  [255, 255, 255],
  [190, 170, 150],
  [120, 140, 160],
  [150, 100, 90],
  [90, 120, 80],
  [60, 60, 60],
]

/** Picture of the colours as squares in two rows. */
const patches = (colors: readonly Samples[]) => {
  const columns = Math.ceil(Math.sqrt(colors.length))
  return paint(columns * PATCH, columns * PATCH, (x, y) => {
    const index = Math.floor(y / PATCH) * columns + Math.floor(x / PATCH)
    return colors[index % colors.length] as Samples
  })
}

/** Returns the largest colour difference of a patch, over both formats. */
async function worst(bytes: Buffer, colors: readonly Samples[]): Promise<number> {
  const columns = Math.ceil(Math.sqrt(colors.length))
  const rasters = await shownInEach(await renderPicture(bytes))
  const centre = (cell: number) => cell * PATCH + PATCH / 2
  return Math.max(
    ...rasters.flatMap((raster) =>
      colors.map((color, i) =>
        deltaE(at(raster, centre(i % columns), centre(Math.floor(i / columns))), color),
      ),
    ),
  )
}

async function displayP3(): Promise<Buffer> {
  const tagged = await of(flat(8, 8, [128, 128, 128]))
    .withIccProfile('p3')
    .jpeg()
    .toBuffer()
  return (await sharp(tagged).metadata()).icc as Buffer
}

/** Adds a profile to the JPEG without changing its pixels. */
const tagged = (jpeg: Buffer, icc: Buffer) =>
  withSegments(jpeg, jpegSegment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), icc])))

describe('colours are converted to sRGB', () => {
  const encode = {
    'an sRGB JPEG': () => of(patches(MUTED)).jpeg(BEST),
    'a JPEG in Display P3': () => of(patches(MUTED)).withIccProfile('p3').jpeg(BEST),
    'a PNG in Display P3': () => of(patches(MUTED)).withIccProfile('p3').png(),
    'a WebP in Display P3': () => of(patches(MUTED)).withIccProfile('p3').webp({ lossless: true }),
    'a PNG of 16 bits': () => of(patches(MUTED)).toColourspace('rgb16').png(),
    'a PNG with a palette': () => of(patches(MUTED)).png({ palette: true }),
    'a GIF': () => of(patches(MUTED)).gif(),
  }

  test.each(Object.entries(encode))('of %s', async (_, encoded) => {
    expect(await worst(await encoded().toBuffer(), MUTED)).toBeLessThan(3)
  })

  test('of a CMYK JPEG with a profile, within the gamut of print', async () => {
    const cmyk = await of(patches(MUTED)).withIccProfile('cmyk').jpeg(BEST).toBuffer()
    expect(await sharp(cmyk).metadata()).toMatchObject({ space: 'cmyk', channels: 4 })
    expect(await worst(cmyk, MUTED)).toBeLessThan(10)
  })

  test('of a CMYK JPEG without a profile: light stays light, dark stays dark', async () => {
    const cmyk = await of(patches(MUTED)).toColourspace('cmyk').jpeg(BEST).toBuffer()
    expect((await sharp(cmyk).metadata()).icc).toBeUndefined()
    expect(await worst(cmyk, MUTED)).toBeLessThan(35)
  })

  test.each([
    ['red', [234, 51, 35], [255, 0, 0]],
    ['green', [117, 251, 76], [0, 255, 0]],
    ['blue', [0, 0, 245], [0, 0, 255]],
  ])('what Display P3 writes for the %s of sRGB is shown as that', async (_, p3, srgb) => {
    const plain = await of(flat(64, 64, p3))
      .jpeg(BEST)
      .toBuffer()
    const off = async (jpeg: Buffer) => {
      const rasters = await shownInEach(await renderPicture(jpeg))
      return rasters.map((raster) => deltaE(at(raster, 32, 32), srgb))
    }
    const withProfile = tagged(plain, await displayP3())
    expect(Math.max(...(await off(withProfile)))).toBeLessThan(4)
    expect(Math.min(...(await off(plain)))).toBeGreaterThan(4)
  })

  test('a broken profile is ignored', async () => {
    const jpeg = await of(patches(MUTED)).jpeg(BEST).toBuffer()
    expect(await worst(tagged(jpeg, Buffer.alloc(200, 0x41)), MUTED)).toBeLessThan(3)
  })

  test('a print profile in an RGB picture is ignored', async () => {
    const jpeg = await of(patches(MUTED)).jpeg(BEST).toBuffer()
    const icc = await displayP3()
    icc.write('CMYK', 16, 'latin1')
    expect(await worst(tagged(jpeg, icc), MUTED)).toBeLessThan(3)
  })
})

describe('grey stays grey', () => {
  const ramp = paint(256, 256, (x) => [x])
  const greys = {
    'of 8 bits': () => of(ramp).toColourspace('b-w').png(),
    'of 16 bits': () => of(ramp).toColourspace('grey16').png(),
    'with alpha': () => of(ramp).toColourspace('b-w').ensureAlpha().png(),
    'in a JPEG': () => of(ramp).toColourspace('b-w').jpeg(BEST),
    'in a palette': () => of(ramp).png({ palette: true, colours: 256 }),
  }

  test.each(Object.entries(greys))('%s', async (_, encoded) => {
    const rendered = await renderPicture(await encoded().toBuffer())
    for (const raster of await shownInEach(rendered))
      for (const x of [0, 64, 128, 192, 255])
        for (const sample of at(raster, x, 128).slice(0, 3))
          expect(Math.abs(sample - x)).toBeLessThanOrEqual(6)
    expect(rendered.color).toMatch(/^#(..)\1\1$/)
  })
})

test('the dominant colour is close to the colour of most pixels', async () => {
  const mostly = paint(300, 300, (x) => (x < 200 ? [51, 102, 204] : [200, 40, 40]))
  const { color } = await renderPicture(await of(mostly).png().toBuffer())
  const rgb = [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16))
  expect(deltaE(rgb, [51, 102, 204])).toBeLessThan(8)
})

test('every variant is 8-bit sRGB', async () => {
  const deep = of(patches(MUTED)).toColourspace('rgb16').withIccProfile('p3').png()
  const { variants } = await renderPicture(await deep.toBuffer())
  for (const { data } of variants) {
    expect(await sharp(data).metadata()).toMatchObject({ space: 'srgb', depth: 'uchar' })
    expect((await open(data)).channels).toBe(3)
  }
})
