import { recipe } from '@visage/shared/avatar/recipe'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { limits } from '../../../../../apps/worker/src/image/limits.ts'
import { render } from '../../../../../apps/worker/src/image/render.ts'
import { COLOURS, gifFile, gifFrame, subBlocks } from '../../../../support/pictures/hostile/gif.ts'

const RED = [...COLOURS[1], 255]
const GREEN = [...COLOURS[2], 255]
const NOTHING = [0, 0, 0, 0]

const lossless = { ...recipe.encoding, webp: { ...recipe.encoding.webp, lossless: true } }
const kept = { ...recipe, animated: 'keep', formats: ['png'], encoding: lossless } as const

/** The largest animated variant, or undefined if there is none. */
async function animationOf(gif: Buffer): Promise<Buffer | undefined> {
  const { variants } = await render(gif, kept, limits)
  expect(variants.some(({ animated }) => !animated)).toBe(true)
  return variants.find(({ animated }) => animated)?.data
}

/** One pixel of each frame. */
async function pixels(gif: Buffer, left: number, top: number): Promise<number[][]> {
  const webp = await animationOf(gif)
  const { pages = 1 } = await sharp(webp).metadata()
  return Promise.all(
    Array.from({ length: pages }, async (_, page) => {
      const pixel = { left, top, width: 1, height: 1 }
      const image = sharp(webp, { page }).ensureAlpha().extract(pixel)
      const [r = 0, g = 0, b = 0, a = 0] = await image.raw().toBuffer()
      return a === 0 ? NOTHING : [r, g, b, a]
    }),
  )
}

const withDisposal = (frame: Buffer, disposal: number): Buffer => {
  const copy = Buffer.from(frame)
  copy[3] = disposal << 2
  return copy
}
const full = (colour: number, disposal = 1) =>
  withDisposal(gifFrame({ width: 64, height: 64, colour }), disposal)
const part = (left: number, colour: number, disposal = 1) =>
  withDisposal(gifFrame({ left, top: 20, width: 10, height: 10, colour }), disposal)

describe('every frame is composed as in Chromium', () => {
  test('on a canvas that the first frame leaves uncovered', async () => {
    const gif = gifFile(64, 64, part(5, 1), part(40, 2))
    expect(await pixels(gif, 8, 25)).toEqual([RED, RED])
    expect(await pixels(gif, 45, 25)).toEqual([NOTHING, GREEN])
    expect(await pixels(gif, 60, 60)).toEqual([NOTHING, NOTHING])
  })

  test('where a frame is cleared to transparent, not to the background', async () => {
    const gif = gifFile(64, 64, full(1), part(5, 2, 2), part(40, 2))
    gif[11] = 3
    expect(await pixels(gif, 8, 25)).toEqual([RED, GREEN, NOTHING])
    expect(await pixels(gif, 20, 25)).toEqual([RED, RED, RED])
  })

  test('where the canvas before a frame returns', async () => {
    const gif = gifFile(64, 64, full(1), part(5, 2, 3), part(40, 2))
    expect(await pixels(gif, 8, 25)).toEqual([RED, GREEN, RED])
  })

  test('where the first frame is replaced by the canvas before it', async () => {
    const gif = gifFile(64, 64, part(5, 1, 3), part(40, 2))
    expect(await pixels(gif, 8, 25)).toEqual([RED, NOTHING])
  })
})

test('a rewritten animation keeps its delays and its loop', async () => {
  const loop = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\x04\0\0', 'latin1')
  const slow = Buffer.from(part(40, 2))
  slow[4] = 30
  const webp = await animationOf(gifFile(64, 64, loop, part(5, 1), slow))
  expect(await sharp(webp).metadata()).toMatchObject({ pages: 2, delay: [100, 300], loop: 5 })
})

describe('a still without an animation comes of a GIF', () => {
  const short = Buffer.concat([part(5, 1).subarray(0, 19), subBlocks(Buffer.from([0x0c, 0x05]))])
  const damaged = Buffer.concat([part(5, 1).subarray(0, 19), subBlocks(Buffer.alloc(9, 0xff))])

  test.each([
    ['whose second frame lacks pixels', gifFile(64, 64, full(1), short, full(2))],
    ['whose second frame is damaged', gifFile(64, 64, full(1), damaged, full(2))],
    ['that is cut off', gifFile(64, 64, full(1), full(2), full(1)).subarray(0, -30)],
    ['whose only frame leaves the canvas uncovered', gifFile(64, 64, part(5, 1))],
  ])('%s', async (_, gif) => {
    expect(await animationOf(gif)).toBeUndefined()
  })
})

test('the blank page of a rewritten file is no frame', async () => {
  const file = gifFile(64, 64, part(5, 1), part(40, 2))
  await expect(render(file, kept, { ...limits, frames: 2 })).resolves.toBeDefined()
  await expect(render(file, kept, { ...limits, frames: 1 })).rejects.toMatchObject({
    reason: 'too_many_frames',
  })
})
