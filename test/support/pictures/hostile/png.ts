import { crc32, deflateSync } from 'node:zlib'

/** PNG files written by hand (ISO/IEC 15948), of every kind that the format has and some that it has not. */
export interface PngHeader {
  readonly width: number
  readonly height: number
  /** Bits a sample. */
  readonly depth?: number
  /** 0 grey, 2 colours, 3 palette, 4 grey and alpha, 6 colours and alpha. */
  readonly colour?: number
  readonly interlaced?: boolean
}

export const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

export const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** @param crc what the checksum is changed by */
export function pngChunk(type: string, data: Uint8Array = Buffer.alloc(0), crc = 0): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length)
  body.copy(chunk, 4)
  chunk.writeUInt32BE((crc32(body) ^ crc) >>> 0, body.length + 4)
  return chunk
}

export function pngHeader({ width, height, depth = 8, colour = 2, interlaced }: PngHeader): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8)
  return pngChunk('IHDR', data)
}

/** Signature and chunks, with the header before them and the end after. */
export const pngFile = (header: PngHeader, ...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([SIGNATURE, pngHeader(header), ...chunks, pngChunk('IEND')])

/** Samples of the pixel at (x, y), each of as many bits as the header says. */
export type Paint = (x: number, y: number) => readonly number[]

export const pngData = (header: PngHeader, paint: Paint): Buffer =>
  pngChunk('IDAT', deflateSync(scanlines(header, paint)))

/** Adam7: where each pass starts and how far its pixels lie apart. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const
const WHOLE = [[0, 0, 1, 1]] as const

/** Every row with filter 0 before it; a pass that has no pixels has no rows. */
export function scanlines(header: PngHeader, paint: Paint): Buffer {
  const { width, height, depth = 8, interlaced } = header
  const rows: Buffer[] = []
  for (const [left, top, right, down] of interlaced ? PASSES : WHOLE)
    for (let y = top; y < height && left < width; y += down) {
      const samples: number[] = []
      for (let x = left; x < width; x += right) samples.push(...paint(x, y))
      rows.push(Buffer.from([0]), packed(samples, depth))
    }
  return Buffer.concat(rows)
}

function packed(samples: readonly number[], depth: number): Buffer {
  const row = Buffer.alloc(Math.ceil((samples.length * depth) / 8))
  for (const [i, sample] of samples.entries())
    if (depth === 16) row.writeUInt16BE(sample, i * 2)
    else {
      const bit = i * depth
      row[bit >> 3] = (row[bit >> 3] ?? 0) | (sample << (8 - depth - (bit & 7)))
    }
  return row
}
