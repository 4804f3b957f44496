import { crc32 } from 'node:zlib'

/** Files changed by hand, as no encoder writes them. */

/** A PNG that says in its header that it is of another size. */
export function pngOfSize(png: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(png)
  copy.writeUInt32BE(width, 16)
  copy.writeUInt32BE(height, 20)
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29)
  return copy
}

/** A JPEG that says in its frame header that it is of another size. */
export function jpegOfSize(jpeg: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(jpeg)
  const frame = jpegSegments(copy).find(({ marker }) => marker >= 0xc0 && marker <= 0xc2)
  if (!frame) throw new Error('this JPEG has no frame header')
  copy.writeUInt16BE(height, frame.start + 5)
  copy.writeUInt16BE(width, frame.start + 7)
  return copy
}

/** A GIF whose screen and first frame say that they are of another size. */
export function gifOfSize(gif: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(gif)
  for (const at of [6, gifFrame(gif) + 5]) {
    copy.writeUInt16LE(width, at)
    copy.writeUInt16LE(height, at + 2)
  }
  return copy
}

/** A lossless WebP that says in its bitstream that it is of another size, of 14 bits a side. */
export function webpOfSize(webp: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(webp)
  const bits = copy.indexOf('VP8L') + 9
  const rest = copy.readUInt32LE(bits) & 0xf000_0000
  copy.writeUInt32LE((rest | ((height - 1) << 14) | (width - 1)) >>> 0, bits)
  return copy
}

export interface Segment {
  readonly marker: number
  /** Where its 0xFF stands. */
  readonly start: number
  readonly end: number
}

/** The segments of a JPEG up to its first scan. */
export function jpegSegments(jpeg: Buffer): Segment[] {
  const segments: Segment[] = []
  let start = 2
  while (start < jpeg.length) {
    const marker = jpeg.readUInt8(start + 1)
    const end = start + 2 + jpeg.readUInt16BE(start + 2)
    segments.push({ marker, start, end })
    if (marker === 0xda) return segments
    start = end
  }
  throw new Error('this JPEG has no scan')
}

export function jpegSegment(marker: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload as string, 'latin1')
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** The JPEG with more segments, after its first one. */
export function withSegments(jpeg: Buffer, ...more: Buffer[]): Buffer {
  const [{ end } = { end: 2 }] = jpegSegments(jpeg)
  return Buffer.concat([jpeg.subarray(0, end), ...more, jpeg.subarray(end)])
}

/** The names of a RIFF file's chunks. */
export function webpChunks(webp: Buffer): string[] {
  const names: string[] = []
  for (let at = 12; at + 8 <= webp.length; ) {
    names.push(webp.toString('latin1', at, at + 4))
    const size = webp.readUInt32LE(at + 4)
    at += 8 + size + (size % 2)
  }
  return names
}

/** The names of a PNG's chunks, to the end of the file. */
export function pngChunks(png: Buffer): string[] {
  const names: string[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    names.push(png.toString('latin1', at + 4, at + 8))
  return names
}

/** The names of an AVIF's outermost boxes, to the end of the file. */
export function avifBoxes(avif: Buffer): string[] {
  const names: string[] = []
  for (let at = 0; at < avif.length; at += avif.readUInt32BE(at))
    names.push(avif.toString('latin1', at + 4, at + 8))
  return names
}

/** The PNG with one more chunk, after its header. */
export function withChunk(png: Buffer, type: string, payload: string): Buffer {
  const body = Buffer.from(type + payload, 'latin1')
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(body.length - 4)
  numbers.writeUInt32BE(crc32(body), 4)
  const chunk = Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)])
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
}

/** The GIF with a comment before its first frame. */
export function withComment(gif: Buffer, text: string): Buffer {
  const comment = Buffer.from(`\x21\xfe${String.fromCharCode(text.length)}${text}\0`, 'latin1')
  const start = gifBlocks(gif)
  return Buffer.concat([gif.subarray(0, start), comment, gif.subarray(start)])
}

/** Where a GIF's blocks begin: after its header and its colours. */
function gifBlocks(gif: Buffer): number {
  const flags = gif.readUInt8(10)
  return 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
}

/** Where the first frame's descriptor begins. */
function gifFrame(gif: Buffer): number {
  let at = gifBlocks(gif)
  while (gif.readUInt8(at) === 0x21) {
    at += 2
    while (gif.readUInt8(at) !== 0) at += 1 + gif.readUInt8(at)
    at += 1
  }
  return at
}
