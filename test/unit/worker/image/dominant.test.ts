import { expect, test } from 'vitest'
import { dominantColour } from '../../../../apps/worker/src/image/dominant.ts'
import { paint, type Samples } from '../../../support/pictures/pictures.ts'

const RED: Samples = [220, 40, 40, 255]
const BLUE: Samples = [20, 30, 200, 255]
const share = (part: number, one: Samples, other: Samples) =>
  paint(20, 20, (x, y) => (y * 20 + x < 400 * part ? one : other)).data

test.each([
  ['one colour', share(1, RED, RED), '#dc2828'],
  ['most of it', share(0.6, RED, BLUE), '#dc2828'],
  ['less than half of it', share(0.4, RED, BLUE), '#141ec8'],
  ['little of it, but all that can be seen', share(0.1, RED, [0, 0, 0, 0]), '#dc2828'],
  ['most of it, but hardly to be seen', share(0.8, [...RED.slice(0, 3), 10], BLUE), '#141ec8'],
  ['nothing that can be seen', share(1, [0, 0, 0, 0], RED), '#ffffff'],
  ['black', share(1, [0, 0, 0, 255], RED), '#000000'],
])('%s', (_, rgba, color) => {
  expect(dominantColour(rgba)).toBe(color)
})

test('similar shades are counted together', () => {
  const shades = paint(20, 20, (x) => (x < 11 ? [208 + x, 40, 40, 255] : BLUE)).data
  expect(dominantColour(shades)).toMatch(/^#d[0-9a-f]2828$/)
})
