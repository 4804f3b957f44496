import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  clampFraming,
  planCrop,
  scaleCrop,
  shownRectangle,
  squareSide,
} from '../../../../apps/worker/src/image/crop.ts'

const source = fc.record({
  width: fc.integer({ min: 1, max: 16_384 }),
  height: fc.integer({ min: 1, max: 16_384 }),
})
const within = source.chain((size) =>
  fc
    .record({
      x: fc.integer({ min: 0, max: size.width - 1 }),
      y: fc.integer({ min: 0, max: size.height - 1 }),
    })
    .chain(({ x, y }) =>
      fc.record({
        size: fc.constant(size),
        crop: fc.record({
          x: fc.constant(x),
          y: fc.constant(y),
          width: fc.integer({ min: 1, max: size.width - x }),
          height: fc.integer({ min: 1, max: size.height - y }),
        }),
      }),
    ),
)

test('a rectangle inside the picture stays inside the scaled picture and is never enlarged', () => {
  fc.assert(
    fc.property(within, fc.integer({ min: 1, max: 512 }), ({ size, crop }, wanted) => {
      const side = Math.min(wanted, squareSide(size, { crop }))
      const cut = planCrop(size, { crop }, side)
      if ('gravity' in cut) throw new Error('a rectangle became a gravity')
      expect(cut.left).toBeGreaterThanOrEqual(0)
      expect(cut.top).toBeGreaterThanOrEqual(0)
      expect(cut.left + side).toBeLessThanOrEqual(cut.scaled.width)
      expect(cut.top + side).toBeLessThanOrEqual(cut.scaled.height)
      expect(cut.scaled.width).toBeLessThanOrEqual(size.width)
      expect(cut.scaled.height).toBeLessThanOrEqual(size.height)
    }),
  )
})

test('a rectangle of the requested size is cropped without scaling', () => {
  const crop = { x: 37, y: 11, width: 200, height: 200 }
  expect(planCrop({ width: 640, height: 480 }, { crop }, 200)).toEqual({
    side: 200,
    scaled: { width: 640, height: 480 },
    left: 37,
    top: 11,
  })
})

test.each([
  [{ x: 0, y: 0, width: 102, height: 10 }],
  [{ x: 92, y: 0, width: 10, height: 10 }],
  [{ x: 0, y: 45, width: 10, height: 7 }],
  [{ x: 100, y: 0, width: 1, height: 10 }],
  [{ x: -1, y: 0, width: 1, height: 10 }],
])('%j does not fit in 100 by 50, and the reason says so', (crop) => {
  expect(() => clampFraming({ width: 100, height: 50 }, { crop })).toThrow(
    expect.objectContaining({
      reason: 'crop_outside',
      message: expect.stringContaining('100 by 50'),
    }),
  )
})

test.each([
  [
    { x: -1, y: -1, width: 102, height: 52 },
    { x: 0, y: 0, width: 100, height: 50 },
  ],
  [
    { x: 51, y: 1, width: 50, height: 50 },
    { x: 51, y: 1, width: 49, height: 49 },
  ],
  [
    { x: 10, y: 20, width: 30, height: 30 },
    { x: 10, y: 20, width: 30, height: 30 },
  ],
])('of %j, the part inside 100 by 50 is %j', (crop, inside) => {
  expect(clampFraming({ width: 100, height: 50 }, { crop })).toEqual({ crop: inside })
})

test('the crop has the centre of the rectangle, to one pixel', () => {
  fc.assert(
    fc.property(within, fc.integer({ min: 1, max: 512 }), ({ size, crop }, wanted) => {
      const side = Math.min(wanted, squareSide(size, { crop }))
      const cut = planCrop(size, { crop }, side)
      if ('gravity' in cut) throw new Error('a rectangle became a gravity')
      const scale = side / Math.min(crop.width, crop.height)
      const off = (start: number, place: number, length: number) =>
        Math.abs(start + side / 2 - (place + length / 2) * scale)
      expect(off(cut.left, crop.x, crop.width)).toBeLessThanOrEqual(1.01)
      expect(off(cut.top, crop.y, crop.height)).toBeLessThanOrEqual(1.01)
    }),
  )
})

test.each([
  ['around the centre', { gravity: 'centre' }, 600],
  ['where the eye goes', { gravity: 'attention' }, 600],
  ['of a lying rectangle', { crop: { x: 0, y: 0, width: 1000, height: 200 } }, 200],
  ['of a standing one', { crop: { x: 0, y: 0, width: 50, height: 600 } }, 50],
  ['of the last pixel', { crop: { x: 999, y: 599, width: 1, height: 1 } }, 1],
] as const)('the largest square %s', (_, framing, side) => {
  expect(squareSide({ width: 1000, height: 600 }, framing)).toBe(side)
})

test('a centred square gives the same crop at any size', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4000 }),
      fc.integer({ min: 1, max: 4000 }),
      fc.integer({ min: 1, max: 512 }),
      (width, height, wanted) => {
        const side = Math.min(wanted, width, height)
        const shown = shownRectangle({ width, height }, { gravity: 'centre' }, side, undefined)
        const { scaled, left, top } = scaleCrop({ width, height }, shown, side)
        expect(Math.abs(scaled.width - side - 2 * left)).toBeLessThanOrEqual(1)
        expect(Math.abs(scaled.height - side - 2 * top)).toBeLessThanOrEqual(1)
      },
    ),
  )
})

test.each([
  [
    { width: 1200, height: 300 },
    { left: 450, top: 0 },
    { x: 900, y: 0, width: 300, height: 300 },
  ],
  [
    { width: 300, height: 1200 },
    { left: 0, top: 450 },
    { x: 0, y: 900, width: 300, height: 300 },
  ],
])('what a decoder chose from %j is said in pixels of the source', (source, offset, shown) => {
  expect(shownRectangle(source, { gravity: 'entropy' }, 150, offset)).toEqual(shown)
})

test('a crop at the far edge never ends outside the picture', () => {
  const size = { width: 42, height: 42 }
  const crop = { x: 14, y: 14, width: 28, height: 28 }
  expect(scaleCrop(size, crop, 17)).toEqual({
    side: 17,
    scaled: { width: 25, height: 25 },
    left: 8,
    top: 8,
  })
})

test('the decoder applies a gravity', () => {
  expect(planCrop({ width: 640, height: 480 }, { gravity: 'attention' }, 64)).toEqual({
    side: 64,
    gravity: 'attention',
  })
})

test('a rectangle is shown exactly', () => {
  const crop = { x: 3, y: 4, width: 50, height: 20 }
  expect(shownRectangle({ width: 100, height: 50 }, { crop }, 10, { left: 7, top: 7 })).toEqual(
    crop,
  )
})
