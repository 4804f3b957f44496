import { describe, expect, test } from 'vitest'
import { Libheif } from '../../../../../apps/worker/src/image/heif/libheif.ts'
import { openHeic } from '../../../../../apps/worker/src/image/heif/open-heic.ts'
import { inspect } from '../../../../../apps/worker/src/image/inspect.ts'
import { limits } from '../../../../../apps/worker/src/image/limits.ts'
import {
  halfPicture,
  heic,
  hevcItem,
  SAMPLE_SIDE,
  tiledHeic,
} from '../../../../support/pictures/heic.ts'
import { box, clap, grid, heif, ispe, u32 } from '../../../../support/pictures/heif.ts'
import { rejectionOf } from '../../../../support/pictures/rejection.ts'

const reasonOf = async (file: Buffer) => (await rejectionOf(openHeic(file).decode()))?.reason

describe('pixels that are missing', () => {
  test.each([
    ['in the only item', () => heif({ items: [hevcItem([], halfPicture())] })],
    [
      'in a tile behind sound ones',
      () => tiledHeic(2, 2, 128, 128, [], (i) => hevcItem([], i === 3 ? halfPicture() : undefined)),
    ],
  ])('%s are found, though the decoder reports no error', async (_, make) => {
    expect(await reasonOf(make())).toBe('corrupt')
  })

  test('are truncated if the file ends before its data, wherever it is cut', async () => {
    const file = tiledHeic(2, 2, 128, 128)
    for (let length = 40; length < file.length; length += 97)
      expect(await reasonOf(file.subarray(0, length)), `${length} bytes`).toBe('truncated')
    expect(await reasonOf(file)).toBeUndefined()
  })

  test('are corrupt if the grid names fewer tiles than it has places', async () => {
    const items = [
      { type: 'grid', data: grid(1, 2, 128, 64), properties: [ispe(128, 64)] },
      hevcItem(),
    ]
    const references = [{ type: 'dimg', from: 1, to: [2] }]
    expect(await reasonOf(heif({ items, references }))).toBe('corrupt')
  })
})

/** Files that would cost much, if the decoder saw them. */
const bombs: readonly (readonly [name: string, make: () => Buffer])[] = [
  ['tiles that are much larger than the picture', () => repeatedTile(200, 200, 300, 300)],
  ['a grid of 65,535 by 65,535 that one tile covers', () => tiledHeic(1, 1, 65_535, 65_535)],
  ['an item that is larger than its stream', () => sized(8000, 8000)],
  ['an item that is smaller than its stream', () => sized(8, 8)],
  ['an item of many pictures', () => heif({ items: [hevcItem([], manyPictures(1000))] })],
  ['a grid that is its own tile', () => ownTile()],
  ['boxes within boxes', () => nested(100_000)],
  ['many empty boxes', () => Buffer.alloc(8_000_000, box('free'))],
  ['a count of 4 billion items', () => endless('iloc')],
  ['a count of 4 billion properties', () => endless('ipma')],
]

test.each(bombs)('%s: refused by the header, at once', async (_, make) => {
  const file = make()
  const before = process.cpuUsage()
  expect(await reasonOf(file)).toMatch(/corrupt|truncated/)
  expect(process.cpuUsage(before).user).toBeLessThan(300_000)
})

test('a large picture is refused by the limits', async () => {
  const file = repeatedTile(200, 200, 12_800, 12_800)
  const refused = await rejectionOf(inspect(openHeic(file), limits))
  expect(refused?.reason).toBe('too_many_pixels')
})

test('a small aperture of a large picture costs no more than the tiles that it shows', () => {
  const { width, height } = openHeic(repeatedTile(250, 250, 16_000, 16_000, clap(10, 10, 0, 0)))
  expect([width, height]).toEqual([10, 10])
})

test('an aperture that leaves the picture is refused', async () => {
  expect(await reasonOf(heic(clap(40, 40, 60, 0)))).toBe('corrupt')
})

test('a decoder that needs more memory than allowed fails', async () => {
  const file = repeatedTile(1, 1, 64, 64)
  const lib = await Libheif.open(file, 17 * 1024 ** 2)
  expect(() => lib.decode(2, 3, () => {})).not.toThrow()
  expect(() => lib.fillFreeMemory(32 * 1024 ** 2, 1)).not.toThrow()
  await expect(Libheif.open(Buffer.alloc(32 * 1024 ** 2, file), 17 * 1024 ** 2)).rejects.toThrow()
})

function repeatedTile(
  rows: number,
  columns: number,
  width: number,
  height: number,
  ...more: Buffer[]
): Buffer {
  const data = grid(rows, columns, width, height)
  const items = [{ type: 'grid', data, properties: [ispe(width, height), ...more] }, hevcItem()]
  const to = Array.from({ length: rows * columns }, () => 2)
  return heif({ items, references: [{ type: 'dimg', from: 1, to }] })
}

function sized(width: number, height: number): Buffer {
  const { properties = [], ...item } = hevcItem()
  const resized = properties.map((one) =>
    one.equals(ispe(SAMPLE_SIDE, SAMPLE_SIDE)) ? ispe(width, height) : one,
  )
  return heif({ items: [{ ...item, properties: resized }] })
}

const manyPictures = (count: number) =>
  Buffer.alloc(hevcItem().data.length * count, hevcItem().data)

function ownTile(): Buffer {
  const items = [{ type: 'grid', data: grid(1, 1, 64, 64), properties: [ispe(64, 64)] }]
  return heif({ items, references: [{ type: 'dimg', from: 1, to: [1] }] })
}

function nested(depth: number): Buffer {
  const file = Buffer.alloc(8 * depth)
  for (let i = 0; i < depth; i++) {
    file.writeUInt32BE(file.length - 8 * i, 8 * i)
    file.write('meta', 8 * i + 4, 'latin1')
  }
  return Buffer.concat([heic().subarray(0, 24), file])
}

function endless(type: string): Buffer {
  const file = heic()
  const at = file.indexOf(type)
  if (type === 'iloc') file.set([2, 0, 0, 0, 0, 0], at + 4)
  return Buffer.concat([
    file.subarray(0, at + (type === 'iloc' ? 10 : 8)),
    u32(0xffffffff),
    file.subarray(at + (type === 'iloc' ? 14 : 12)),
  ])
}
