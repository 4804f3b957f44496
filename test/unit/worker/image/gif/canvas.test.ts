import { describe, expect, test } from 'vitest'
import { openGif } from '../../../../../apps/worker/src/image/gif/open.ts'
import { readStructure } from '../../../../../apps/worker/src/image/gif/structure.ts'
import { COLOURS, gifFile, gifFrame, TRAILER } from '../../../../support/pictures/hostile/gif.ts'
import { at, of, scene } from '../../../../support/pictures/pictures.ts'
import { decodeView, sizeOf } from '../../../../support/pictures/view-pixels.ts'

const RED = [...COLOURS[1], 255]
const NOTHING = [0, 0, 0, 0]
const frame = (left: number, top: number) => gifFrame({ left, top, width: 12, height: 12 })

/** The sample of alpha is 255 if the picture has no alpha. */
const rgba = (samples: number[]) => [...samples, 255].slice(0, 4)

describe('the canvas is the screen, extended to the right and lower edge of the first frame', () => {
  test.each<[string, readonly [number, number], Buffer[], readonly [number, number]]>([
    ['a screen of the frame’s size', [12, 12], [frame(0, 0)], [12, 12]],
    ['a screen larger than the frame', [30, 30], [frame(4, 4)], [30, 30]],
    ['a screen smaller than the frame', [8, 8], [frame(0, 0)], [12, 12]],
    ['a frame that leaves the screen', [20, 20], [frame(12, 14)], [24, 26]],
    ['a frame beyond the screen', [20, 20], [frame(40, 50)], [52, 62]],
    ['a later frame that leaves the screen', [12, 12], [frame(0, 0), frame(6, 6)], [12, 12]],
    ['no screen', [0, 0], [frame(4, 6)], [16, 18]],
    ['a screen without a width', [0, 30], [frame(0, 0)], [12, 30]],
    ['a screen without a height', [30, 0], [frame(0, 0)], [30, 12]],
    ['a screen that libnsgif replaces', [640, 480], [frame(4, 4)], [640, 480]],
    ['another', [1024, 768], [frame(4, 4)], [1024, 768]],
    ['a screen too large for libnsgif', [2100, 20], [frame(4, 4)], [2100, 20]],
  ])('%s', async (_, [width, height], frames, size) => {
    expect(await sizeOf(openGif(gifFile(width, height, ...frames)))).toEqual(size)
  })
})

test('the part of the canvas outside the first frame is transparent with every background colour', async () => {
  const gif = gifFile(40, 40, frame(4, 4))
  for (const background of [0, 1, 2]) {
    gif[11] = background
    const shown = await decodeView(openGif(gif))
    expect([at(shown, 5, 5), at(shown, 15, 15)]).toEqual([RED, RED])
    for (const place of [0, 3, 16, 39]) expect(at(shown, place, place)).toEqual(NOTHING)
  }
})

test('a first frame without pixels leaves the whole canvas transparent', async () => {
  const empty = gifFrame({ width: 0, height: 0 })
  const shown = await decodeView(openGif(gifFile(12, 12, empty, frame(0, 0))))
  expect(at(shown, 6, 6)).toEqual(NOTHING)
})

test('a transparent colour is transparent, on a covered and on an uncovered canvas', async () => {
  for (const screen of [12, 30]) {
    const gif = gifFile(screen, screen, frame(0, 0))
    const control = gif.indexOf(Buffer.from([0x21, 0xf9, 4]))
    gif[control + 3] = 1
    gif[control + 6] = 1
    expect(at(await decodeView(openGif(gif)), 3, 3)[3]).toBe(0)
  }
})

test('the last of two graphic controls counts', async () => {
  const transparent = Buffer.from([0x21, 0xf9, 4, 1, 0, 0, 1, 0])
  const shown = await decodeView(openGif(gifFile(12, 12, transparent, frame(0, 0))))
  expect(rgba(at(shown, 3, 3))).toEqual(RED)
})

describe('an index without a colour is black', () => {
  test('without any colour table', async () => {
    const gif = gifFile(12, 12, frame(0, 0))
    const bare = Buffer.concat([gif.subarray(0, 13), gif.subarray(25)])
    bare[10] = 0
    expect(rgba(at(await decodeView(openGif(bare)), 3, 3))).toEqual([0, 0, 0, 255])
  })

  test('beyond the end of the table, with transparency too', async () => {
    const gif = gifFile(12, 12, gifFrame({ width: 12, height: 12, colour: 3 }))
    const short = Buffer.concat([gif.subarray(0, 19), gif.subarray(25)])
    short[10] = 0x80
    const control = short.indexOf(Buffer.from([0x21, 0xf9, 4]))
    short[control + 3] = 1
    expect(rgba(at(await decodeView(openGif(short)), 3, 3))).toEqual([0, 0, 0, 255])
  })
})

test('interlaced rows of a rewritten file come in their order', async () => {
  const gif = await of(scene(40, 40)).gif({ progressive: true, effort: 1 }).toBuffer()
  expect(readStructure(gif).frames[0]?.interlaced).toBe(true)
  const plain = await decodeView(openGif(gif))
  const larger = Buffer.from(gif)
  larger.writeUInt16LE(41, 6)
  larger.writeUInt16LE(41, 8)
  const shown = await decodeView(openGif(larger))
  for (const place of [0, 7, 20, 39])
    expect(rgba(at(shown, place, place))).toEqual(rgba(at(plain, place, place)))
})

test('a file that libvips shows as Chromium does is not copied', async () => {
  for (const gif of [gifFile(12, 12, frame(0, 0)), await of(scene(40, 30)).gif().toBuffer()])
    expect(openGif(gif).file).toBe(gif)
  const withoutTrailer = gifFile(12, 12, frame(0, 0)).subarray(0, -TRAILER.length)
  expect(openGif(withoutTrailer).file).toBe(withoutTrailer)
})
