import { expect, test } from 'vitest'
import { openHeic } from '../../../../../apps/worker/src/image/heif/open-heic.ts'
import { spaces } from '../../../../support/pictures/colour.ts'
import {
  alphaItem,
  heic,
  hevcItem,
  SAMPLE_COLOURS,
  SAMPLE_SIDE,
  tiledHeic,
} from '../../../../support/pictures/heic.ts'
import { box, clap, heif, icc, imir, irot } from '../../../../support/pictures/heif.ts'
import { rgbProfile } from '../../../../support/pictures/icc.ts'

const DEPTH_MAP = box('auxC', Buffer.from('\0\0\0\0urn:mpeg:hevc:2015:auxid:2\0', 'latin1'))
const [TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT] = SAMPLE_COLOURS

async function pixelsOf(file: Buffer) {
  const { width, height, channels, decode } = openHeic(file)
  const data = await decode()
  expect(data.length).toBe(width * height * channels)
  const at = (x: number, y: number) => [
    ...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels),
  ]
  return { width, height, channels, at }
}

const difference = (got: readonly number[], want: readonly number[]) =>
  Math.max(...want.map((value, c) => Math.abs(value - (got[c] ?? 0))))

/** Compares the centres of the quarters. */
async function expectQuarters(file: Buffer, quarters: readonly (readonly number[])[]) {
  const { width, height, at } = await pixelsOf(file)
  for (const [i, want] of quarters.entries()) {
    const x = Math.floor(width * (i % 2 === 0 ? 0.2 : 0.8))
    const y = Math.floor(height * (i < 2 ? 0.2 : 0.8))
    expect(difference(at(x, y), want), `quarter ${i}: ${at(x, y)}`).toBeLessThan(6)
  }
}

const whole = [TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT]

const transformed: readonly (readonly [name: string, properties: Buffer[], typeof whole])[] = [
  ['no transform', [], whole],
  ['a turn to the left', [irot(1)], [TOP_RIGHT, BOTTOM_RIGHT, TOP_LEFT, BOTTOM_LEFT]],
  ['a half turn', [irot(2)], [BOTTOM_RIGHT, BOTTOM_LEFT, TOP_RIGHT, TOP_LEFT]],
  ['a turn to the right', [irot(3)], [BOTTOM_LEFT, TOP_LEFT, BOTTOM_RIGHT, TOP_RIGHT]],
  ['top and bottom exchanged', [imir(0)], [BOTTOM_LEFT, BOTTOM_RIGHT, TOP_LEFT, TOP_RIGHT]],
  ['left and right exchanged', [imir(1)], [TOP_RIGHT, TOP_LEFT, BOTTOM_RIGHT, BOTTOM_LEFT]],
  ['a turn, then a mirror', [irot(1), imir(1)], [BOTTOM_RIGHT, TOP_RIGHT, BOTTOM_LEFT, TOP_LEFT]],
  ['a mirror, then a turn', [imir(1), irot(1)], [TOP_LEFT, BOTTOM_LEFT, TOP_RIGHT, BOTTOM_RIGHT]],
]

test.each(transformed)('a HEIC with %s is shown so', (_, properties, quarters) =>
  expectQuarters(heic(...properties), quarters),
)

test.each(transformed.slice(-2))('tiles with %s are shown so', async (_, properties, quarters) => {
  const side = SAMPLE_SIDE - 8
  await expectQuarters(tiledHeic(1, 1, side, side, properties), quarters)
})

test('the tiles lie row by row, and what is outside of the picture is cut off', async () => {
  const { width, height, at } = await pixelsOf(tiledHeic(2, 3, 150, 100))
  expect([width, height]).toEqual([150, 100])
  for (const [x, y, want] of [
    [20, 20, TOP_LEFT],
    [64 + 20, 20, TOP_LEFT],
    [128 + 15, 64 + 20, TOP_LEFT],
    [64 + 50, 64 + 20, TOP_RIGHT],
    [20, 50, BOTTOM_LEFT],
  ] as const)
    expect(difference(at(x, y), want)).toBeLessThan(6)
})

test('the clean aperture is cut out before a turn', async () => {
  const file = heic(clap(24, 16, -40, 48), irot(1))
  const { width, height, at } = await pixelsOf(file)
  expect([width, height]).toEqual([16, 24])
  expect(difference(at(8, 12), BOTTOM_LEFT)).toBeLessThan(6)
})

test('a thumbnail and a depth map change nothing', async () => {
  const items = [hevcItem(), hevcItem([irot(1)]), hevcItem([DEPTH_MAP])]
  const references = [
    { type: 'thmb', from: 2, to: [1] },
    { type: 'auxl', from: 3, to: [1] },
  ]
  await expectQuarters(heif({ items, references }), whole)
})

test('transparency comes from the item that has it', async () => {
  const items = [hevcItem(), alphaItem]
  const references = [{ type: 'auxl', from: 2, to: [1] }]
  const { channels, at } = await pixelsOf(heif({ items, references }))
  expect(channels).toBe(4)
  expect(difference(at(10, 10), [...TOP_LEFT, 255])).toBeLessThan(6)
  expect(difference(at(54, 10), [...TOP_RIGHT, 100])).toBeLessThan(6)
})

test('colours that were multiplied by the transparency are divided by it', async () => {
  const references = [
    { type: 'auxl', from: 2, to: [1] },
    { type: 'prem', from: 1, to: [2] },
  ]
  const { at } = await pixelsOf(heif({ items: [hevcItem(), alphaItem], references }))
  const [red, green] = TOP_RIGHT
  expect(difference(at(54, 10), [Math.min(255, red * 2.55), green * 2.55])).toBeLessThan(12)
  expect(difference(at(10, 10), TOP_LEFT)).toBeLessThan(6)
})

test('an ICC profile is that of the view, and a damaged one is not', () => {
  const profile = rgbProfile(spaces.displayP3)
  expect(openHeic(heic(icc(profile))).profile).toEqual(profile)
  expect(openHeic(heic(icc(profile.subarray(0, 100)))).profile).toBeUndefined()
  expect(openHeic(heic()).profile).toBeUndefined()
})

test('the profile of the tiles is that of the picture', () => {
  const profile = rgbProfile(spaces.displayP3)
  const file = tiledHeic(1, 1, 60, 60, [], () => hevcItem([icc(profile)]))
  expect(openHeic(file).profile).toEqual(profile)
})
