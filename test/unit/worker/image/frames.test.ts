import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { countFrames } from '../../../../apps/worker/src/image/frames.ts'
import { gifOfFrames, webpOfFrames } from '../../../support/pictures/animations.ts'
import { withComment } from '../../../support/pictures/headers.ts'
import { of, scene } from '../../../support/pictures/pictures.ts'

const animations = { gif: gifOfFrames, webp: webpOfFrames } as const

describe.each(['gif', 'webp'] as const)('the frames of a %s', (format) => {
  let animation: Buffer

  beforeAll(async () => {
    animation = await animations[format](7)
  })

  test('are counted', () => {
    expect(countFrames(animation, format, 100)).toBe(7)
    expect(countFrames(animation, format, 7)).toBe(7)
  })

  test('are counted up to the limit', () => {
    expect(countFrames(animation, format, 3)).toBe(4)
  })

  test('of an incomplete file are those that have begun', () => {
    const counts = Array.from(animation, (_, length) =>
      length < 12 ? 0 : countFrames(animation.subarray(0, length), format, 100),
    )
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(Math.max(...counts)).toBe(7)
  })

  test('of any bytes behind a signature are counted without an error', () => {
    const head = animation.subarray(0, 12)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const count = countFrames(Buffer.concat([head, bytes]), format, 100)
        expect(count).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('are one without an animation', async () => {
    const still = await of(scene(40, 30))[format]().toBuffer()
    expect(countFrames(still, format, 100)).toBe(1)
  })
})

test('a comment of a GIF is not a frame', async () => {
  const gif = await gifOfFrames(2)
  expect(countFrames(withComment(gif, ',,,,'), 'gif', 100)).toBe(2)
})

test('bytes after the end of a WebP are not a frame', async () => {
  const webp = await webpOfFrames(2)
  expect(countFrames(Buffer.concat([webp, webp.subarray(30)]), 'webp', 100)).toBe(2)
})

test.each(['jpeg', 'png'] as const)('a %s has one', async (format) => {
  expect(countFrames(await of(scene(40, 30))[format]().toBuffer(), format, 100)).toBe(1)
})
