import type { DecodedItem } from './libheif.ts'

/** ITU-T H.265, section 7.4.3.2.1: the smallest block that a damaged stream can leave out. */
const BLOCK = 16

/**
 * Finds a block that the decoder may not have written. libde265 stops at damaged data without an error, and leaves
 * the rest of the picture as its memory was. Memory of zeros, Y = Cb = Cr = 0, has no red and no blue, and one green.
 */
export function findsBlank(pixels: DecodedItem, channels: 3 | 4): boolean {
  for (let y = 0; y < pixels.height; y += BLOCK) {
    for (let x = 0; x < pixels.width; x += BLOCK) {
      if (isBlank(pixels, channels, x, y)) return true
    }
  }
  return false
}

/** Checks one block, or what the picture has of it. */
function isBlank(pixels: DecodedItem, channels: number, left: number, top: number): boolean {
  const { data, stride, width, height } = pixels
  const green = data[top * stride + left * channels + 1]
  for (let y = top; y < Math.min(top + BLOCK, height); y++) {
    for (let x = left; x < Math.min(left + BLOCK, width); x++) {
      const at = y * stride + x * channels
      if (data[at] !== 0 || data[at + 1] !== green || data[at + 2] !== 0) return false
    }
  }
  return true
}
