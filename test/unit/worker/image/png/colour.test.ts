import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openPng } from '../../../../../apps/worker/src/image/png/open.ts'
import { spaces } from '../../../../support/pictures/colour.ts'
import {
  type PngHeader,
  pngChunk,
  pngData,
  pngFile,
} from '../../../../support/pictures/hostile/png.ts'
import { cmykProfile, greyProfile, rgbProfile } from '../../../../support/pictures/icc.ts'
import type { Samples } from '../../../../support/pictures/pictures.ts'
import { rejectionOf } from '../../../../support/pictures/rejection.ts'
import { renderPicture } from '../../../../support/pictures/rendered.ts'
import { middleOf } from '../../../../support/pictures/rendered-png.ts'

/** Steps of 255 from the colour that Chromium 150 draws on a canvas. */
const NEAR = 3
const ORANGE = [200, 100, 50]
const size = { width: 8, height: 8 }

const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer).swap32()
const gama = (value: number, crc = 0) => pngChunk('gAMA', words(value), crc)
const chrm = (...values: number[]) => pngChunk('cHRM', words(...values))
const P3 = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6000]
const cicp = (...values: number[]) => pngChunk('cICP', Buffer.from(values))
const iccp = (icc: Buffer, crc = 0) =>
  pngChunk('iCCP', Buffer.concat([Buffer.from('test\0\0'), deflateSync(icc)]), crc)
const srgb = pngChunk('sRGB', Buffer.from([0]))
const p3 = rgbProfile(spaces.displayP3)
const linearGrey = greyProfile((sample) => sample)
const cmyk = cmykProfile((c, m, y, k) => [100 - 25 * (c + m + y + k), 0, 0])

const picture = (header: Partial<PngHeader>, samples: Samples, ...chunks: Buffer[]) =>
  pngFile(
    { ...size, ...header },
    ...chunks,
    pngData({ ...size, ...header }, () => samples),
  )
const rgb = (...chunks: Buffer[]) => picture({}, ORANGE, ...chunks)

async function expectColour(file: Buffer, wanted: Samples): Promise<void> {
  const shown = await middleOf(file)
  const colour = shown.length < 3 ? Array(3).fill(shown[0]) : shown.slice(0, 3)
  const worst = Math.max(...wanted.map((value, i) => Math.abs(value - (colour[i] ?? 0))))
  expect(worst, `${colour} in place of ${wanted}`).toBeLessThanOrEqual(NEAR)
}

const LINEAR = [229, 168, 122]
const DISPLAY_P3 = [215, 93, 32]

describe('a PNG is shown with the colours of', () => {
  test.each<[string, Buffer, Samples]>([
    ['gAMA 1.0', rgb(gama(100_000)), LINEAR],
    ['gAMA 0.55', rgb(gama(55_000)), [210, 118, 64]],
    ['gAMA with cHRM', rgb(gama(45_455), chrm(...P3)), [216, 93, 24]],
    ['gAMA behind a palette', rgb(pngChunk('PLTE', Buffer.alloc(3)), gama(100_000)), LINEAR],
    ['the first of two gAMA', rgb(gama(100_000), gama(45_455)), LINEAR],
    ['cICP rather than iCCP', rgb(iccp(rgbProfile(spaces.srgb)), cicp(12, 13, 0, 1)), DISPLAY_P3],
    ['iCCP rather than sRGB and gAMA', rgb(srgb, gama(100_000), iccp(p3)), DISPLAY_P3],
    ['iCCP behind a palette', rgb(pngChunk('PLTE', Buffer.alloc(3)), iccp(p3)), DISPLAY_P3],
    [
      'iCCP of another size than it states',
      rgb(iccp(Buffer.concat([p3, Buffer.alloc(9)]))),
      DISPLAY_P3,
    ],
    ['iCCP behind a damaged iCCP', rgb(iccp(rgbProfile(spaces.srgb), 1), iccp(p3)), DISPLAY_P3],
    ['gAMA where iCCP is damaged', rgb(iccp(p3, 1), gama(100_000)), LINEAR],
    ['gAMA where iCCP is no profile', rgb(iccp(Buffer.alloc(200)), gama(100_000)), LINEAR],
    ['gAMA where sRGB is empty', rgb(pngChunk('sRGB'), gama(100_000)), LINEAR],
    ['gAMA where cICP is unknown', rgb(cicp(2, 2, 0, 1), gama(100_000)), LINEAR],
    ['gAMA where cICP has a narrow range', rgb(cicp(12, 13, 0, 0), gama(100_000)), LINEAR],
    ['linear cICP', rgb(cicp(1, 8, 0, 1)), LINEAR],
    ['BT.709 cICP, as a screen', rgb(cicp(1, 1, 0, 1)), [197, 91, 39]],
    [
      '16 bits with gAMA',
      picture(
        { depth: 16 },
        ORANGE.map((v) => v * 257),
        gama(100_000),
      ),
      LINEAR,
    ],
    [
      '16 bits with cICP',
      picture(
        { depth: 16 },
        ORANGE.map((v) => v * 257),
        cicp(12, 13, 0, 1),
      ),
      DISPLAY_P3,
    ],
    ['alpha with gAMA', picture({ colour: 6 }, [...ORANGE, 255], gama(100_000)), LINEAR],
    [
      'a palette with gAMA',
      picture(
        { colour: 3 },
        [1],
        gama(100_000),
        pngChunk('PLTE', Buffer.from([0, 0, 0, ...ORANGE])),
      ),
      LINEAR,
    ],
    ['grey with gAMA', picture({ colour: 0 }, [128], gama(100_000)), [188, 188, 188]],
    [
      'grey of 16 bits with gAMA',
      picture({ colour: 0, depth: 16 }, [300], gama(100_000)),
      [15, 15, 15],
    ],
    [
      'grey and alpha with gAMA',
      picture({ colour: 4 }, [128, 255], gama(100_000)),
      [188, 188, 188],
    ],
    [
      'grey with an RGB profile',
      picture({ colour: 0 }, [128], iccp(rgbProfile({ ...spaces.srgb, toLight: (v) => v }))),
      [188, 188, 188],
    ],
    [
      'grey of 16 bits with its profile',
      picture({ colour: 0, depth: 16 }, [32_896], iccp(linearGrey)),
      [188, 188, 188],
    ],
  ])('%s', async (_, file, wanted) => {
    await expectColour(file, wanted)
  })
})

describe('a PNG is shown as sRGB in spite of', () => {
  test.each<[string, Buffer]>([
    ['gAMA 0', rgb(gama(0), chrm(...P3))],
    ['gAMA near 1/2.2', rgb(gama(47_000))],
    ['cHRM without gAMA', rgb(chrm(...P3))],
    [
      'cHRM that spans no space',
      rgb(gama(100_000), chrm(31_270, 32_900, ...Array(6).fill(30_000))),
    ],
    ['gAMA beside sRGB', rgb(gama(100_000), srgb)],
    ['gAMA with a wrong checksum', rgb(gama(100_000, 1))],
    ['iCCP with a wrong checksum', rgb(iccp(p3, 1))],
    ['iCCP for CMYK', rgb(iccp(cmyk), gama(100_000))],
    ['iCCP for grey', rgb(iccp(linearGrey), gama(100_000))],
    ['cICP behind a palette', rgb(pngChunk('PLTE', Buffer.alloc(3)), cicp(12, 13, 0, 1))],
    [
      'chunks behind the pixels',
      Buffer.concat([rgb().subarray(0, -12), gama(100_000), iccp(p3), pngChunk('IEND')]),
    ],
  ])('%s', async (_, file) => {
    await expectColour(file, ORANGE)
  })
})

test.each([
  ['states another matrix than RGB', cicp(12, 13, 1, 1)],
  ['states a range that is not defined', cicp(12, 13, 0, 2)],
])('a PNG whose cICP %s is refused', async (_, chunk) => {
  expect((await rejectionOf(renderPicture(rgb(chunk))))?.reason).toBe('corrupt')
})

test.each([
  ['no colour chunk', rgb()],
  ['sRGB', rgb(srgb)],
  ['an RGB profile', rgb(iccp(p3))],
])('a PNG with %s is not copied', (_, file) => {
  const view = openPng(file)
  expect('file' in view && view.file).toBe(file)
})
