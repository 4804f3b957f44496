import {
  Bits,
  type Coded,
  EOI,
  frameHeader,
  huffmanTables,
  jpegFile,
  putDifference,
  quantisation,
  SOI,
  scanHeader,
} from './jpeg.ts'
import { GREY, type Odd } from './odd.ts'

const grey: Coded = { width: 64, height: 64, paint: () => [GREY[0]] }
const whole = jpegFile({ ...grey, restart: 4 })
const restart = whole.indexOf(Buffer.from([0xff, 0xd1]))

/** Frame type 3 (T.81, annex H): each sample by how far it is from the one before. */
function losslessJpeg(): Buffer {
  const bits = new Bits()
  for (let i = 0; i < 64 * 64; i++) putDifference(bits, i === 0 ? GREY[0] - 128 : 0)
  return Buffer.concat([
    SOI,
    frameHeader({ width: 64, height: 64, type: 0xc3 }),
    huffmanTables(),
    scanHeader([1], [1, 0]),
    bits.bytes(),
    EOI,
  ])
}

/** Unusual JPEGs that are invalid or cannot be decoded. */
export const unsoundJpegs: readonly Odd[] = [
  { name: 'no last block and no end', make: () => whole.subarray(0, -4), refused: ['truncated'] },
  // Browsers do not show it.
  { name: 'lossless', make: losslessJpeg, refused: ['corrupt'] },
  {
    name: 'samples of 12 bits',
    make: () => jpegFile({ ...grey, type: 0xc1, precision: 12 }),
    refused: ['corrupt', 'unprocessable'],
  },
  {
    name: 'a height that comes after its data',
    make: () => jpegFile({ ...grey, height: 0 }),
    refused: ['corrupt', 'empty'],
  },
  { name: 'no width', make: () => jpegFile({ ...grey, width: 0 }), refused: ['corrupt', 'empty'] },
  {
    name: 'five components',
    make: () => jpegFile({ ...grey, components: [1, 2, 3, 4, 5], paint: () => [1, 2, 3, 4, 5] }),
    refused: ['corrupt'],
  },
  {
    name: 'no tables',
    make: () => Buffer.concat([SOI, frameHeader(grey), scanHeader([1]), EOI]),
    refused: ['corrupt'],
  },
  {
    name: 'no frame',
    make: () => Buffer.concat([SOI, quantisation(), scanHeader([1]), EOI]),
    refused: ['corrupt'],
  },
  {
    name: 'no scan',
    make: () => Buffer.concat([SOI, quantisation(), frameHeader(grey), EOI]),
    refused: ['corrupt', 'truncated'],
  },
  {
    name: 'a restart marker of the next number',
    make: () =>
      Buffer.concat([
        whole.subarray(0, restart),
        Buffer.from([0xff, 0xd2]),
        whole.subarray(restart + 2),
      ]),
    refused: ['corrupt'],
  },
  {
    name: 'a restart marker missing',
    make: () => Buffer.concat([whole.subarray(0, restart), whole.subarray(restart + 2)]),
    refused: ['corrupt'],
  },
]
