import { Bits, counts, EOI, frameHeader, quantisation, SOI, scanHeader, segment } from './jpeg.ts'
import { repeated } from './zeros.ts'

/**
 * A grey progressive JPEG (ITU T.81, annex G) of so many scans, all within its pixels: a scan that
 * says "nothing in the next 32,767 blocks" is a few bytes, and a decoder goes through every block.
 */
export function scanBomb(width: number, height: number, scans: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8)
  const mean = new Bits()
  for (let i = 0; i < blocks; i++) mean.put(0, 4)
  const scan = Buffer.concat([scanHeader([1], [1, 63]), endOfBands(blocks)])
  return Buffer.concat([
    SOI,
    quantisation(),
    frameHeader({ width, height, type: 0xc2 }),
    segment(
      0xc4,
      [0x00],
      counts({ 4: 12 }),
      Array.from({ length: 12 }, (_, i) => i),
    ),
    segment(0xc4, [0x10], counts({ 1: 1 }), [0xe0]),
    scanHeader([1], [0, 0]),
    mean.bytes(),
    repeated(scan, scans),
    EOI,
  ])
}

/** EOB14: a run of 16,384 blocks, and as many more as its 14 bits say. A last run may be too long. */
function endOfBands(blocks: number): Buffer {
  const bits = new Bits()
  for (let left = blocks; left > 0; left -= 32_767)
    bits.put(0, 1).put(Math.max(0, Math.min(left, 32_767) - 16_384), 14)
  return bits.bytes()
}
