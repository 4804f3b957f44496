import type { Bounds } from './frame.ts'

/** Bytes at the start of a JPEG in which its size is searched. */
const HEAD = 1024 ** 2

/**
 * Returns the pixels of the file for one natural pixel of the image. Browsers scale the natural size of a JPEG by the
 * resolution in its Exif data (HTML, "density-corrected natural width"); a crop is in pixels of the file.
 */
export async function pixelScale(file: Blob, { width, height }: Bounds): Promise<number> {
  const stored = readJpegSize(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()))
  if (!stored || stored.width * stored.height === width * height) return 1
  return Math.sqrt((stored.width * stored.height) / (width * height))
}

/**
 * Reads the size from the frame header (ITU T.81, B.2.2).
 * @returns undefined for another format, or if the header is not among the bytes
 */
export function readJpegSize(bytes: Uint8Array): Bounds | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; at + 9 <= bytes.length && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1)
    if (isFrame(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** C4, C8 and CC are tables. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
