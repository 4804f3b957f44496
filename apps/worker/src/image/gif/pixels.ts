import { Rejection } from '@visage/shared/errors/app-error'
import { CodeReader } from './codes.ts'
import { type Frame, MAX_CODE_SIZE } from './structure.ts'

const MAX_CODES = 4096
const MAX_WIDTH = 12

/**
 * Rejects a frame that lacks pixels. libnsgif leaves them empty without an error if the data stops at a code boundary.
 * @param used gets a 1 for each colour index that the frame has
 * @throws Rejection
 */
export function assertWhole(gif: Buffer, frame: Frame, used = new Uint8Array(256)): void {
  const expected = frame.width * frame.height
  const found = countPixels(gif, frame.pixelsAt, expected, used)
  if (found >= expected) return
  const cause = new Error(`A GIF frame has ${found} of its ${expected} pixels`)
  throw new Rejection(frame.end > gif.length ? 'truncated' : 'corrupt', undefined, cause)
}

/**
 * Counts the pixels that the codes stand for (GIF89a, appendix F), without making them. Stops at `limit` pixels, at an
 * invalid code and at the end of the data. Time: linear in the bytes that are read.
 * @param at position of the minimum code size
 */
export function countPixels(gif: Buffer, at: number, limit: number, used: Uint8Array): number {
  const codeSize = gif[at] ?? 0
  if (codeSize === 0 || codeSize > MAX_CODE_SIZE) return 0
  const [clear, end] = [1 << codeSize, (1 << codeSize) + 1]
  const codes = new CodeReader(gif, at + 1)
  /** Number of pixels of each code. */
  const lengths = new Uint32Array(MAX_CODES).fill(1, 0, clear)
  let [width, next, previous, pixels] = [codeSize + 1, end, 0, 0]
  while (pixels < limit) {
    const code = codes.read(width)
    if (code < 0 || code === end) break
    if (code === clear) {
      ;[width, next, previous] = [codeSize + 1, end, 0]
      continue
    }
    if (code > end && (code > next || previous === 0)) break
    if (code < clear) used[code] = 1
    if (next > end && next < MAX_CODES) lengths[next] = previous + 1
    previous = lengths[code] ?? 0
    pixels += previous
    if (next < MAX_CODES) next++
    if (next === 1 << width && width < MAX_WIDTH) width++
  }
  return pixels
}
