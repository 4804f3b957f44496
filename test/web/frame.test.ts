import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type Bounds,
  centreFrame,
  clampFrame,
  dragCorner,
  type Frame,
  minSide,
  moveByKey,
  resizeFrame,
  roundFrame,
} from '../../apps/web/src/frame.ts'

const side = fc.integer({ min: 1, max: 20_000 })
const bounds = fc.record({ width: side, height: side })
const number = fc.double({ min: -30_000, max: 30_000, noNaN: true })
const anyFrame = fc.record({ x: number, y: number, side: number })
const key = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', '+', '-')

function expectInside(frame: Frame, { width, height }: Bounds): void {
  const { x, y, side } = frame
  for (const one of [x, y, side]) expect(Number.isInteger(one)).toBe(true)
  expect(side).toBeGreaterThanOrEqual(1)
  expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
  expect(x + side).toBeLessThanOrEqual(width)
  expect(y + side).toBeLessThanOrEqual(height)
}

it('any frame is sent as whole pixels inside the picture', () => {
  fc.assert(
    fc.property(bounds, anyFrame, anyFrame, key, fc.boolean(), (size, from, to, press, shift) => {
      const start = clampFrame(from, size)
      const moved = moveByKey(start, press, shift, size) ?? start
      for (const frame of [
        start,
        centreFrame(size),
        moved,
        resizeFrame(start, to.side, size),
        dragCorner(start, to, size),
      ]) {
        expectInside(roundFrame(frame, size), size)
      }
    }),
  )
})

it('a corner dragged beyond the edge stops there, and the opposite corner does not move', () => {
  const size = { width: 1000, height: 800 }
  const from = { x: 100, y: 100, side: 200 }
  expect(dragCorner(from, { ...from, side: 5000 }, size)).toEqual({ x: 100, y: 100, side: 700 })
  expect(dragCorner(from, { x: -900, y: -900, side: 1200 }, size)).toEqual({
    x: 0,
    y: 0,
    side: 300,
  })
  expect(dragCorner(from, { ...from, side: 1 }, size).side).toBe(minSide(size))
})

it('resizing keeps the centre, and other keys do nothing', () => {
  const size = { width: 1000, height: 800 }
  expect(resizeFrame({ x: 300, y: 300, side: 200 }, 100, size)).toEqual({
    x: 350,
    y: 350,
    side: 100,
  })
  expect(moveByKey(centreFrame(size), 'a', false, size)).toBeUndefined()
})
