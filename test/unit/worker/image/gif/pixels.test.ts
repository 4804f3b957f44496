import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countPixels } from '../../../../../apps/worker/src/image/gif/pixels.ts'
import { readStructure } from '../../../../../apps/worker/src/image/gif/structure.ts'
import { noise, of, paint, type Raster, scene } from '../../../../support/pictures/pictures.ts'

const ALL = Number.POSITIVE_INFINITY

async function countIn(raster: Raster, colours: number): Promise<[count: number, used: number]> {
  const gif = await of(raster).gif({ effort: 1, colours, dither: 0 }).toBuffer()
  const [frame] = readStructure(gif).frames
  const used = new Uint8Array(256)
  const count = countPixels(gif, frame?.pixelsAt ?? 0, ALL, used)
  return [count, used.filter(Boolean).length]
}

test.each([
  ['noise of 256 colours', noise(120, 120), 256],
  ['noise of 16 colours', noise(120, 120), 16],
  ['noise of 2 colours', noise(120, 120), 2],
  ['a scene', scene(150, 90), 256],
  ['one colour: the longest strings', paint(300, 300, () => [9, 9, 9]), 2],
])('the codes of %s stand for all pixels', async (_, raster, colours) => {
  const [count, used] = await countIn(raster, colours)
  expect(count).toBe(raster.width * raster.height)
  expect(used).toBeLessThanOrEqual(colours)
})

test('counting stops at the limit', async () => {
  const gif = await of(noise(50, 50)).gif({ effort: 1 }).toBuffer()
  const at = readStructure(gif).frames[0]?.pixelsAt ?? 0
  const count = countPixels(gif, at, 100, new Uint8Array(256))
  expect(count).toBeGreaterThanOrEqual(100)
  expect(count).toBeLessThan(300)
})

test('any bytes are counted without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(countPixels(Buffer.from(bytes), 0, 1e6, new Uint8Array(256))).toBeGreaterThanOrEqual(0)
    }),
  )
})
