import sharp from 'sharp'
import { expect, test } from 'vitest'
import { pixelScale, readJpegSize } from '../../apps/web/src/pixel-scale.ts'

const background = '#808080'
const picture = sharp({ create: { width: 150, height: 110, channels: 3, background } })
const blob = (bytes: Buffer) => new Blob([new Uint8Array(bytes)])

test.each([false, true])(
  'the size of a JPEG is that of its frame; progressive: %s',
  async (progressive) => {
    const jpeg = await picture
      .clone()
      .withExif({ IFD0: { Artist: 'x' } })
      .jpeg({ progressive })
      .toBuffer()
    expect(readJpegSize(jpeg)).toEqual({ width: 150, height: 110 })
  },
)

test('no other file has a size', async () => {
  expect(readJpegSize(await picture.clone().png().toBuffer())).toBeUndefined()
  expect(readJpegSize(new Uint8Array(3))).toBeUndefined()
  expect(
    readJpegSize(Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 0, 0, 0, 0, 0, 0)),
  ).toBeUndefined()
})

test.each([
  [150, 110, 1],
  [110, 150, 1],
  [75, 55, 2],
  [55, 75, 2],
])(
  'an image of natural size %i by %i has %i pixels of the file in each',
  async (width, height, scale) => {
    const jpeg = await picture.clone().jpeg().toBuffer()
    expect(await pixelScale(blob(jpeg), { width, height })).toBe(scale)
  },
)
