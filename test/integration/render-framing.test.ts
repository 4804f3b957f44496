import type { Framing } from '@visage/shared/avatar/framing'
import { recipe } from '@visage/shared/avatar/recipe'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { photo } from '../support/pictures/photo.ts'

const rendered = (bytes: Buffer, framing: Framing) => render(bytes, recipe, limits, framing)

/** Returns the mean difference, of 255, between the largest JPEG and the rectangle of the upright picture. */
async function farFrom(
  bytes: Buffer,
  crop: { x: number; y: number; width: number; height: number },
) {
  const { variants } = await rendered(bytes, { crop })
  const largest = variants.find((variant) => variant.format === 'jpeg')
  if (!largest) throw new Error('nothing was rendered')
  const { data, info } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true })
  const reference = await sharp(data, { raw: info })
    .extract({ left: crop.x, top: crop.y, width: crop.width, height: crop.height })
    .resize(largest.size, largest.size)
    .raw()
    .toBuffer()
  const actual = await sharp(largest.data).raw().toBuffer()
  const sum = actual.reduce((total, sample, i) => total + Math.abs(sample - (reference[i] ?? 0)), 0)
  return { side: largest.size, difference: sum / actual.length }
}

describe("the variants show the user's rectangle", () => {
  test.each([
    ['at its own size', {}, { x: 301, y: 77, width: 200, height: 200 }, 200],
    ['shrunk', {}, { x: 100, y: 50, width: 800, height: 800 }, 512],
    [
      'much of a large picture',
      { width: 2900, height: 2175 },
      { x: 700, y: 10, width: 2100, height: 2100 },
      512,
    ],
    ['lying, around its middle', {}, { x: 0, y: 200, width: 1200, height: 400 }, 400],
    ['of a rotated picture', { orientation: 6 }, { x: 40, y: 500, width: 600, height: 600 }, 512],
    ['of a mirrored picture', { orientation: 2 }, { x: 40, y: 100, width: 600, height: 600 }, 512],
  ] as const)('%s', async (_, options, crop, side) => {
    const around = {
      x: crop.x + Math.round((crop.width - Math.min(crop.width, crop.height)) / 2),
      y: crop.y + Math.round((crop.height - Math.min(crop.width, crop.height)) / 2),
      width: Math.min(crop.width, crop.height),
      height: Math.min(crop.width, crop.height),
    }
    const bytes = await photo(options)
    const far = await farFrom(bytes, around)
    expect(far.side).toBe(side)
    expect(far.difference).toBeLessThan(4)
  })
})

test('a rectangle beyond the picture is rejected as crop_outside', async () => {
  const bytes = await photo({ width: 300, height: 200 })
  await expect(
    rendered(bytes, { crop: { x: 150, y: 0, width: 152, height: 100 } }),
  ).rejects.toMatchObject({ reason: 'crop_outside' })
})

test.each(['attention', 'entropy'] as const)('%s shows the busiest region', async (gravity) => {
  const busy = await photo({ format: 'png', width: 300, height: 300 })
  const bytes = await sharp({
    create: { width: 1200, height: 300, channels: 3, background: '#888' },
  })
    .composite([{ input: busy, left: 880, top: 0 }])
    .png()
    .toBuffer()
  const { variants } = await rendered(bytes, { gravity })
  const { channels } = await sharp(variants[0]?.data).greyscale().stats()
  expect(channels[0]?.stdev).toBeGreaterThan(20)
})
