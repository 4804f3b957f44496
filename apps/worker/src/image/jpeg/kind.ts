import { isFrame, readHeader } from './markers.ts'

/** ITU T.81, table B.1: lossless frames of Huffman and of arithmetic coding. */
const LOSSLESS: readonly number[] = [0xc3, 0xcb]

/** Tells whether the picture is a lossless JPEG. libjpeg-turbo 3 decodes them; Chromium does not. */
export function isLosslessJpeg(bytes: Buffer): boolean {
  for (const { code } of readHeader(bytes)) if (isFrame(code)) return LOSSLESS.includes(code)
  return false
}
