import { deflateSync } from 'node:zlib'
import { type Odd, RED } from './odd.ts'
import { pngChunk, pngData, pngFile, pngHeader, SIGNATURE, scanlines } from './png.ts'

const size = { width: 64, height: 64 }
const paint = () => RED
const pixels = pngData(size, paint)
const rows = scanlines(size, paint)
const deflated = deflateSync(rows)
const data = (bytes: Uint8Array, crc = 0) => pngChunk('IDAT', bytes, crc)
const text = (type: string, body: string, crc = 0) =>
  pngFile(size, pngChunk(type, Buffer.from(body, 'latin1'), crc), pixels)

const red = (name: string, make: Odd['make']): Odd => ({ name, make, shows: RED })

/** Ancillary chunks that are damaged, wrong or in the wrong place harm no pixel. */
const ANCILLARY: Readonly<Record<string, string>> = {
  tEXt: 'no zero',
  zTXt: 'text\0\0not deflated',
  iTXt: 'x',
  gAMA: '\0\0\0\0',
  cHRM: '\0'.repeat(32),
  sRGB: '\x09',
  pHYs: 'short',
  tIME: '\x07\xe0\x0d\x28\x1e\x3d\x5a',
  hIST: 'no palette',
  sBIT: '\0\x01\x63',
  bKGD: '\0',
  sPLT: 'x',
  iCCP: 'p\0\0not deflated',
  eXIf: 'not TIFF',
  tRNS: '\0',
  acTL: '\0\0\0\x01',
  prVt: 'private',
}

export const soundPngs: readonly Odd[] = [
  ...Object.entries(ANCILLARY).map(([type, body]) =>
    red(`a wrong ${type}`, () => text(type, body)),
  ),
  red('a text whose checksum is wrong', () => text('tEXt', 'a\0b', 1)),
  red('a checksum that is wrong behind its pixels', () =>
    pngFile(size, pixels, pngChunk('tEXt', Buffer.from('a\0b'), 1)),
  ),
  red('a byte of pixels a chunk', () =>
    pngFile(size, ...[...deflated].map((byte) => data(Uint8Array.of(byte)))),
  ),
  red('empty chunks of pixels', () =>
    pngFile(size, data(Buffer.alloc(0)), data(deflated), data(Buffer.alloc(0))),
  ),
  red('more pixels than it has room for', () =>
    pngFile(size, data(deflateSync(Buffer.concat([rows, Buffer.alloc(999)])))),
  ),
  red('pixels that are not compressed', () => pngFile(size, data(deflateSync(rows, { level: 0 })))),
  red('pixels whose checksum is wrong', () => pngFile(size, data(deflated, 1))),
  red('pixels whose own checksum is wrong', () =>
    pngFile(size, data(Buffer.concat([deflated.subarray(0, -1), Buffer.from([1])]))),
  ),
  red('no end', () => pngFile(size, pixels).subarray(0, -12)),
  ...[1, 2, 3, 4].map((filter) =>
    red(`rows with filter ${filter}`, () => pngFile(size, data(deflateSync(filtered(filter))))),
  ),
]

/** PNG, section 9.2, for pixels that are all the same. */
function filtered(filter: number): Buffer {
  const row = (y: number) => {
    const left = (x: number) => (x > 0 ? RED : [0, 0, 0])
    const up = y > 0 ? RED : [0, 0, 0]
    const corner = (x: number) => (x > 0 && y > 0 ? RED : [0, 0, 0])
    const bytes = Array.from({ length: 64 }, (_, x) =>
      RED.map((sample, i) => {
        const [a = 0, b = 0, c = 0] = [left(x)[i], up[i], corner(x)[i]]
        const nearest = [a, b, c].reduce((best, each) =>
          Math.abs(a + b - c - each) < Math.abs(a + b - c - best) ? each : best,
        )
        return (sample - ([0, a, b, (a + b) >> 1, nearest][filter] ?? 0)) & 255
      }),
    )
    return Buffer.from([filter, ...bytes.flat()])
  }
  return Buffer.concat(Array.from({ length: 64 }, (_, y) => row(y)))
}

const corrupt = (name: string, make: Odd['make']): Odd => ({ name, make, refused: ['corrupt'] })

export const unsoundPngs: readonly Odd[] = [
  corrupt('an unknown critical chunk', () => text('PRVT', 'x')),
  corrupt('an animation without a frame', () => text('acTL', '\0\0\0\x01\0\0\0\0')),
  corrupt('a wrong checksum before its last pixels', () =>
    pngFile(size, data(deflated.subarray(0, 20), 1), data(deflated.subarray(20))),
  ),
  corrupt('too few pixels', () => pngFile(size, data(deflateSync(rows.subarray(0, 9000))))),
  corrupt('no pixels', () => pngFile(size)),
  corrupt('rows with a filter that there is none of', () =>
    pngFile(size, data(deflateSync(Buffer.alloc(rows.length, 5)))),
  ),
  corrupt('no palette', () =>
    pngFile(
      { ...size, colour: 3 },
      pngData(size, () => [0]),
    ),
  ),
  corrupt('a palette of 257 colours', () =>
    pngFile(
      { ...size, colour: 3 },
      pngChunk('PLTE', Buffer.alloc(771)),
      pngData(size, () => [0]),
    ),
  ),
  corrupt('3 bits a sample', () => pngFile({ ...size, depth: 3, colour: 0 }, pixels)),
  corrupt('a type that there is none of', () => pngFile({ ...size, colour: 1 }, pixels)),
  corrupt('another chunk before its header', () =>
    Buffer.concat([
      SIGNATURE,
      pngChunk('CgBI', Buffer.alloc(4)),
      pngHeader(size),
      pixels,
      pngChunk('IEND'),
    ]),
  ),
]
