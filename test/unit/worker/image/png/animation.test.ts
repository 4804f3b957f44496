import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { exifOrientation } from '../../../../support/pictures/exif.ts'
import { pngChunk, pngData, pngFile, scanlines } from '../../../../support/pictures/hostile/png.ts'
import { at } from '../../../../support/pictures/pictures.ts'
import { rejectionOf } from '../../../../support/pictures/rejection.ts'
import { renderPicture } from '../../../../support/pictures/rendered.ts'
import { renderedPng } from '../../../../support/pictures/rendered-png.ts'

const SIDE = 16
const canvas = { width: SIDE, height: SIDE }
const RED = [255, 0, 0]
const GREEN = [0, 255, 0]

const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer).swap32()
const acTL = (frames = 2) => pngChunk('acTL', words(frames, 0))
const fcTL = (width = SIDE, height = SIDE, left = 0, top = 0, sequence = 0, crc = 0) => {
  const place = words(sequence, width, height, left, top)
  return pngChunk('fcTL', Buffer.concat([place, Buffer.from([0, 1, 0, 10, 0, 0])]), crc)
}
const compressed = (width: number, height: number) =>
  deflateSync(scanlines({ width, height }, (x) => (x === 0 ? [0, 0, 255] : GREEN)))
const fdAT = (data: Buffer, sequence = 1, crc = 0) =>
  pngChunk('fdAT', Buffer.concat([words(sequence), data]), crc)
const red = pngData(canvas, () => RED)
const green = compressed(SIDE, SIDE)
/** Its own picture, red, is not part of the animation. */
const hidden = (...frames: Buffer[]) => pngFile(canvas, acTL(), red, ...frames)

async function middle(file: Buffer): Promise<number[]> {
  return at(await renderedPng(file), SIDE / 2, SIDE / 2).slice(0, 3)
}

describe('the first frame of the animation is shown', () => {
  test.each<[string, Buffer]>([
    ['if the picture is not part of it', hidden(fcTL(), fdAT(green))],
    [
      'if its data come in parts',
      hidden(fcTL(), fdAT(green.subarray(0, 9)), fdAT(green.subarray(9), 2)),
    ],
    ['if text stands before it', hidden(pngChunk('tEXt'), fcTL(), pngChunk('tEXt'), fdAT(green))],
    [
      'if the picture is damaged',
      pngFile(canvas, acTL(), pngChunk('IDAT', Buffer.from('junk')), fcTL(), fdAT(green)),
    ],
    [
      'if a later frame is damaged',
      hidden(fcTL(), fdAT(green), fcTL(1, 1, 99, 99, 2), fdAT(red, 3)),
    ],
    ['with a wrong checksum of the chunk', hidden(fcTL(), fdAT(green, 1, 1))],
    ['without the checksum of its data', hidden(fcTL(), fdAT(green.subarray(0, -4)))],
  ])('%s', async (_, file) => {
    expect(await middle(file)).toEqual(GREEN)
  })
})

describe('the picture itself is shown', () => {
  test.each<[string, Buffer]>([
    [
      'if it is the first frame',
      pngFile(canvas, acTL(), fcTL(), red, fcTL(SIDE, SIDE, 0, 0, 1), fdAT(green, 2)),
    ],
    ['if no animation is announced', pngFile(canvas, red, fcTL(), fdAT(green))],
    ['if the announcement has no frames', pngFile(canvas, acTL(0), red, fcTL(), fdAT(green))],
    [
      'if the announcement is damaged',
      pngFile(canvas, pngChunk('acTL', words(2, 0), 1), red, fcTL(), fdAT(green)),
    ],
    ['if the announcement comes late', pngFile(canvas, red, acTL(), fcTL(), fdAT(green))],
  ])('%s', async (_, file) => {
    expect(await middle(file)).toEqual(RED)
  })
})

describe('an animation without a complete first frame is refused', () => {
  const whole = hidden(fcTL(), fdAT(green))
  test.each<[string, Buffer, string]>([
    ['if a row is missing', hidden(fcTL(), fdAT(compressed(SIDE, SIDE - 1))), 'corrupt'],
    ['if the frame is cut', whole.subarray(0, -24), 'truncated'],
    ['if the file ends before it', hidden().subarray(0, -12), 'truncated'],
    ['if there is none', hidden(), 'corrupt'],
    ['if it leaves the canvas', hidden(fcTL(SIDE, SIDE, 1), fdAT(green)), 'corrupt'],
    ['if its number is wrong', hidden(fcTL(), fdAT(green, 7)), 'corrupt'],
    ['if its place is damaged', hidden(fcTL(SIDE, SIDE, 0, 0, 0, 1), fdAT(green)), 'corrupt'],
    ['if it is smaller than the picture', pngFile(canvas, acTL(), fcTL(8, 8), red), 'corrupt'],
  ])('%s', async (_, file, reason) => {
    expect((await rejectionOf(renderPicture(file)))?.reason).toBe(reason)
  })
})

describe('a frame smaller than the canvas', () => {
  const part = (...before: Buffer[]) =>
    pngFile(canvas, ...before, acTL(), red, fcTL(8, 4, 6, 10), fdAT(compressed(8, 4)))

  test('stands on a transparent canvas', async () => {
    const raster = await renderedPng(part())
    expect([at(raster, 6, 10), at(raster, 13, 13)]).toEqual([
      [0, 0, 255, 255],
      [...GREEN, 255],
    ])
    expect([at(raster, 5, 10), at(raster, 14, 10), at(raster, 6, 14)].map((p) => p[3])).toEqual([
      0, 0, 0,
    ])
  })

  /** Where its blue column begins, once it is turned. */
  test.each([
    [1, 6, 10],
    [2, 9, 10],
    [3, 9, 5],
    [4, 6, 5],
    [5, 10, 6],
    [6, 5, 6],
    [7, 5, 9],
    [8, 10, 9],
  ])('is turned with its canvas by orientation %d', async (orientation, x, y) => {
    const raster = await renderedPng(part(pngChunk('eXIf', exifOrientation(orientation))))
    expect(at(raster, x, y)).toEqual([0, 0, 255, 255])
  })
})
