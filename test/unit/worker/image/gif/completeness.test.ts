import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { openGif } from '../../../../../apps/worker/src/image/gif/open.ts'
import { gifFile, gifFrame, subBlocks } from '../../../../support/pictures/hostile/gif.ts'
import { difference, noise, of, type Raster } from '../../../../support/pictures/pictures.ts'
import { rejectionOf } from '../../../../support/pictures/rejection.ts'
import { decodeView } from '../../../../support/pictures/view-pixels.ts'

const frame = gifFrame({ width: 12, height: 12 })
const reasonFor = async (gif: Buffer) => (await rejectionOf(decodeView(openGif(gif))))?.reason

describe('a GIF of many codes', () => {
  let whole: Buffer
  let shown: Raster

  beforeAll(async () => {
    whole = await of(noise(64, 64)).gif({ effort: 1 }).toBuffer()
    shown = await decodeView(openGif(whole))
  })

  test('that is cut off is shown if it has all pixels, and refused as truncated if not', async () => {
    const shownAt: number[] = []
    for (let missing = 1; missing <= 12; missing++) {
      const cut = whole.subarray(0, whole.length - missing)
      const reason = await reasonFor(cut)
      if (reason) expect(reason).toBe('truncated')
      else {
        shownAt.push(missing)
        expect(difference(await decodeView(openGif(cut)), shown)).toBe(0)
      }
    }
    expect(shownAt.slice(0, 2)).toEqual([1, 2])
    expect(shownAt.length).toBeLessThan(6)
  })

  test('whose data is cut off by its own blocks is corrupt: libnsgif would show a part of it', async () => {
    const { data, start } = codesOf(whole)
    const short = subBlocks(data.subarray(0, data.length - 9))
    const file = Buffer.concat([whole.subarray(0, start), short, Buffer.from([0x3b])])
    expect(await reasonFor(file)).toBe('corrupt')
  })

  test('with bytes after its last pixel is shown', async () => {
    const { data, start } = codesOf(whole)
    const long = subBlocks(Buffer.concat([data, Buffer.alloc(300, 0xff)]))
    const file = Buffer.concat([whole.subarray(0, start), long, Buffer.from([0x3b])])
    expect(difference(await decodeView(openGif(file)), shown)).toBe(0)
  })
})

/** The compressed pixels without their sub-blocks, and the position of the first sub-block. */
function codesOf(gif: Buffer): { data: Buffer; start: number } {
  const frame = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 64, 0, 64, 0]))
  const flags = gif[frame + 9] ?? 0
  const start = frame + 11 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  const parts: Buffer[] = []
  for (let at = start; gif[at]; at += 1 + (gif[at] ?? 0))
    parts.push(gif.subarray(at + 1, at + 1 + (gif[at] ?? 0)))
  return { data: Buffer.concat(parts), start }
}

describe('a later frame does not cost the picture its first', () => {
  const second = gifFrame({ width: 12, height: 12, colour: 2 })
  const codeSize = Buffer.from(second)
  codeSize[18] = 12
  const stray = Buffer.from([0x55])

  test.each([
    ['is cut off', gifFile(12, 12, frame, second).subarray(0, -20)],
    ['is cut off in its descriptor', gifFile(12, 12, frame, second.subarray(0, 12))],
    ['is cut off in its graphic control', gifFile(12, 12, frame, second.subarray(0, 4))],
    ['has codes of 12 bits', gifFile(12, 12, frame, codeSize)],
    ['follows a stray byte', gifFile(12, 12, frame, stray, second)],
    ['follows a malformed graphic control', gifFile(12, 12, frame, malformedControl(), second)],
  ])('if it %s', async (_, gif) => {
    const shown = await decodeView(openGif(gif))
    expect(difference(shown, await decodeView(openGif(gifFile(12, 12, frame))))).toBe(0)
  })
})

describe('before the first frame', () => {
  test.each([
    ['a malformed graphic control', malformedControl()],
    ['a graphic control of two sub-blocks', Buffer.from([0x21, 0xf9, 4, 0, 0, 0, 0, 1, 9, 0])],
    ['a stray byte', Buffer.from([0x55])],
    ['a zero', Buffer.from([0])],
  ])('%s makes the file corrupt, as in Chromium', async (_, block) => {
    expect(await reasonFor(gifFile(12, 12, block, frame))).toBe('corrupt')
  })

  test.each([
    ['an empty application extension', Buffer.from([0x21, 0xff, 0])],
    ['an empty unknown extension', Buffer.from([0x21, 0x77, 0])],
    ['an empty comment', Buffer.from([0x21, 0xfe, 0])],
    ['a loop without a number', Buffer.from('\x21\xff\x0bNETSCAPE2.0\x01\x01\0', 'latin1')],
  ])('%s is harmless', async (_, block) => {
    expect(await reasonFor(gifFile(12, 12, block, frame))).toBeUndefined()
  })
})

test.each([9, 11])('codes of %i bits to begin with are refused, as in Chromium', async (bits) => {
  const gif = gifFile(12, 12, frame)
  gif[gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 12, 0])) + 10] = bits
  expect(await reasonFor(gif)).toBe('corrupt')
})

test('no bytes make the opener throw', () => {
  const head = gifFile(12, 12).subarray(0, 13)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(255), (bytes, flags) => {
      const gif = Buffer.concat([head, bytes])
      gif[10] = flags
      expect(openGif(gif).format).toBe('gif')
    }),
  )
  for (let length = 0; length < 13; length++) openGif(head.subarray(0, length))
})

/** A graphic control of 3 bytes instead of 4. */
function malformedControl(): Buffer {
  return Buffer.from([0x21, 0xf9, 3, 0, 0, 0, 0])
}
