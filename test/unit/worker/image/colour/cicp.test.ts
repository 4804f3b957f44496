import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  type Cicp,
  isKnownCicp,
  profileFromCicp,
} from '../../../../../apps/worker/src/image/colour/cicp.ts'
import { withProfile } from '../../../../../apps/worker/src/image/png/profile.ts'
import { flat, of, type Samples } from '../../../../support/pictures/pictures.ts'

async function converted(cicp: Cicp, samples: Samples): Promise<number[]> {
  const png = await of(flat(2, 2, samples))
    .png()
    .toBuffer()
  const file = withProfile(png, profileFromCicp(cicp) ?? Buffer.alloc(0))
  return [...(await sharp(file).toColourspace('srgb').raw().toBuffer()).subarray(0, 3)]
}

const ORANGE = [200, 100, 50]
const BLUE = [40, 160, 220]

/** As Chromium 150 draws them on a canvas. */
describe('converts to what Chromium shows', () => {
  test.each<[primaries: number, transfer: number, samples: Samples, shown: number[]]>([
    [1, 4, BLUE, [35, 161, 221]],
    [1, 5, ORANGE, [189, 76, 26]],
    [1, 6, ORANGE, [197, 91, 39]],
    [1, 7, ORANGE, [206, 115, 68]],
    [1, 8, ORANGE, [229, 168, 122]],
    [1, 17, ORANGE, [200, 87, 34]],
    [4, 13, ORANGE, [232, 93, 30]],
    [5, 13, ORANGE, [203, 100, 51]],
    [6, 13, BLUE, [60, 160, 220]],
    [8, 13, ORANGE, [222, 92, 32]],
    [9, 13, ORANGE, [241, 76, 29]],
    [11, 13, ORANGE, [211, 93, 32]],
    [12, 13, ORANGE, [215, 93, 31]],
    [22, 13, BLUE, [30, 161, 220]],
    [9, 16, BLUE, [0, 97, 255]],
    [9, 16, [128, 128, 128], [132, 132, 132]],
    [1, 16, ORANGE, [255, 51, 8]],
    [9, 18, ORANGE, [230, 48, 17]],
    [9, 18, [128, 128, 128], [99, 99, 99]],
  ])('primaries %d, transfer %d, %j', async (primaries, transfer, samples, shown) => {
    const got = await converted({ primaries, transfer }, samples)
    expect(
      Math.max(...got.map((value, i) => Math.abs(value - (shown[i] ?? 0)))),
      `${got}`,
    ).toBeLessThanOrEqual(3)
  })
})

test('a brighter peak makes the rest darker', async () => {
  const grey = [128, 128, 128]
  const [dim = 0] = await converted({ primaries: 9, transfer: 16, peak: 400 }, grey)
  expect(Math.abs(dim - 163)).toBeLessThanOrEqual(2)
})

test('sRGB has no profile', () => {
  expect(profileFromCicp({ primaries: 1, transfer: 13 })).toBeUndefined()
})

test.each([
  [2, 2],
  [1, 2],
  [1, 10],
  [3, 13],
  [255, 255],
])('primaries %d with transfer %d are unknown', (primaries, transfer) => {
  expect(isKnownCicp({ primaries, transfer })).toBe(false)
  expect(profileFromCicp({ primaries, transfer })).toBeUndefined()
})
