import fc from 'fast-check'
import type { Sharp } from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { openWebp } from '../../../../../apps/worker/src/image/webp/open.ts'
import { webpOfFrames } from '../../../../support/pictures/animations.ts'
import { at, difference, of, paint, scene } from '../../../../support/pictures/pictures.ts'
import { rejectionOf } from '../../../../support/pictures/rejection.ts'
import { decodeView, sizeOf } from '../../../../support/pictures/view-pixels.ts'

const FLAGS_AT = 20
const ALPHA = 0x10

const still = () => of(scene(40, 30)).webp({ lossless: true })

describe('a WebP is not turned by its Exif', () => {
  test.each([1, 3, 6, 8])('of orientation %i', async (orientation) => {
    const view = openWebp(await still().withMetadata({ orientation }).toBuffer())
    expect(await sizeOf(view)).toEqual([40, 30])
    const plain = openWebp(await still().toBuffer())
    expect(difference(await decodeView(view), await decodeView(plain))).toBe(0)
  })

  test('and stays refused if pixels are missing', async () => {
    const turned = await still().withMetadata({ orientation: 6 }).toBuffer()
    turned.fill(0xff, turned.indexOf('VP8L') + 14, turned.indexOf('EXIF'))
    expect((await rejectionOf(decodeView(openWebp(turned))))?.reason).toBe('corrupt')
  })
})

describe('alpha without its flag', () => {
  const cutOut = paint(40, 40, (x) => (x < 20 ? [0, 0, 0, 0] : [200, 30, 30, 255]))
  let lossless: Buffer
  let lossy: Buffer

  beforeAll(async () => {
    lossless = await extended(of(cutOut).webp({ lossless: true }))
    lossy = await extended(of(cutOut).webp())
  })

  /** With an ICC profile the file has a `VP8X` chunk. */
  async function extended(image: Sharp): Promise<Buffer> {
    const webp = await image.withIccProfile('srgb').toBuffer()
    webp[FLAGS_AT] = (webp[FLAGS_AT] ?? 0) & ~ALPHA
    return webp
  }

  test('is shown if the bitstream is lossless', async () => {
    const shown = await decodeView(openWebp(lossless))
    expect(at(shown, 5, 5)[3]).toBe(0)
    expect(at(shown, 30, 5)).toEqual([200, 30, 30, 255])
  })

  test('is ignored if the bitstream is lossy', async () => {
    expect(openWebp(lossy).file).toBe(lossy)
  })
})

test('an animation whose first frame is smaller than the canvas is transparent beside it', async () => {
  const webp = await webpOfFrames(2)
  webp.writeUIntLE(39, FLAGS_AT + 4, 3)
  webp.writeUIntLE(39, FLAGS_AT + 7, 3)
  webp.fill(0xff, webp.indexOf('ANIM') + 8, webp.indexOf('ANIM') + 12)
  const shown = await decodeView(openWebp(webp))
  expect(shown).toMatchObject({ width: 40, height: 40 })
  expect(at(shown, 5, 5)[3]).toBe(255)
  expect(at(shown, 30, 30)).toEqual([0, 0, 0, 0])
})

test('a file without such flags is not copied', async () => {
  for (const webp of [await still().toBuffer(), await webpOfFrames(3)])
    expect(openWebp(webp).file).toBe(webp)
})

test('no bytes make the opener throw', () => {
  const head = Buffer.from('RIFF\xff\xff\0\0WEBPVP8X', 'latin1')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(openWebp(Buffer.concat([head, bytes])).format).toBe('webp')
    }),
  )
  for (let length = 0; length <= head.length; length++) openWebp(head.subarray(0, length))
})
