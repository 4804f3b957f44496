import { type BitReader, DamagedData } from './bits.ts'
import type { HuffmanTable } from './huffman.ts'

/** Most bits of a difference of DC values and of an AC value, for samples of 8 bits (ITU T.81, F.1.2 and F.1.4). */
const MAX_BITS = { dc: 11, ac: 10 }

const END_OF_BLOCK_LIMIT = 15
const ZERO_RUN = 15

/** Reads a DC difference (T.81, F.2.2.1).  @throws DamagedData */
export function readDifference(bits: BitReader, table: HuffmanTable): number {
  const size = table.decode(bits)
  if (size === 0) return 0
  if (size > MAX_BITS.dc) throw new DamagedData()
  const value = bits.read(size)
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value
}

/** Passes the AC values of a sequential block (T.81, F.2.2.2).  @throws DamagedData */
export function passValues(bits: BitReader, table: HuffmanTable): void {
  for (let k = 1; k < 64; k++) {
    const symbol = table.decode(bits)
    const size = symbol & 15
    k += symbol >> 4
    if (size !== 0) passValue(bits, k, 63, size)
    else if (symbol >> 4 !== ZERO_RUN) return
  }
}

/** Part of a progressive scan: the AC values from `start` to `end` of each block. */
export interface Band {
  readonly start: number
  readonly end: number
}

/**
 * Passes the first bits of one block's AC values (T.81, G.1.2.2).
 * @param nonzero two words for each block; the bit of each value that is not zero is 1
 * @returns number of blocks after this one that have no values: the rest of a run
 */
export function passFirst(
  bits: BitReader,
  table: HuffmanTable,
  { start, end }: Band,
  nonzero: Uint32Array,
  block: number,
): number {
  for (let k = start; k <= end; k++) {
    const symbol = table.decode(bits)
    const [run, size] = [symbol >> 4, symbol & 15]
    if (size === 0 && run < END_OF_BLOCK_LIMIT) return readRun(bits, run)
    k += run
    if (size === 0) continue
    passValue(bits, k, end, size)
    setNonzero(nonzero, block, k)
  }
  return 0
}

/** As `passFirst`, for the next bit of each value (T.81, G.1.2.3). */
export function passRefinement(
  bits: BitReader,
  table: HuffmanTable,
  { start, end }: Band,
  nonzero: Uint32Array,
  block: number,
): number {
  for (let k = start; k <= end; k++) {
    const symbol = table.decode(bits)
    const [run, size] = [symbol >> 4, symbol & 15]
    if (size > 1) throw new DamagedData()
    if (size === 0 && run < END_OF_BLOCK_LIMIT) {
      const blocks = readRun(bits, run)
      passCorrections(bits, { start: k, end }, nonzero, block)
      return blocks
    }
    if (size === 1) bits.skip(1)
    k = passZeros(bits, run, { start: k, end }, nonzero, block)
    if (size === 0) continue
    if (k > end) throw new DamagedData()
    setNonzero(nonzero, block, k)
  }
  return 0
}

/** Passes the correction bits of the values that are not zero. */
export function passCorrections(
  bits: BitReader,
  { start, end }: Band,
  nonzero: Uint32Array,
  block: number,
): void {
  const [low = 0, high = 0] = [nonzero[2 * block], nonzero[2 * block + 1]]
  if ((low | high) === 0) return
  const first = countOnes(low & maskFrom(start) & ~maskFrom(end + 1))
  const second = countOnes(high & maskFrom(start - 32) & ~maskFrom(end - 31))
  for (let left = first + second; left > 0; left -= 16) bits.skip(Math.min(16, left))
}

/** Returns the bits of a word from this one on. */
function maskFrom(bit: number): number {
  if (bit <= 0) return -1
  return bit >= 32 ? 0 : -1 << bit
}

/** Returns the number of ones in a word of 32 bits. */
function countOnes(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

/** Returns the position of the zero after a run of zeros. Values between them have a correction bit each. */
function passZeros(
  bits: BitReader,
  run: number,
  { start, end }: Band,
  nonzero: Uint32Array,
  block: number,
): number {
  let zeros = run
  for (let k = start; k <= end; k++) {
    if (isNonzero(nonzero, block, k)) bits.skip(1)
    else if (zeros-- === 0) return k
  }
  return end + 1
}

function passValue(bits: BitReader, k: number, end: number, size: number): void {
  if (k > end || size > MAX_BITS.ac) throw new DamagedData()
  bits.skip(size)
}

const readRun = (bits: BitReader, run: number) => (1 << run) + (run ? bits.read(run) : 0) - 1

const isNonzero = (nonzero: Uint32Array, block: number, k: number) =>
  (((nonzero[2 * block + (k >> 5)] ?? 0) >>> (k & 31)) & 1) === 1

function setNonzero(nonzero: Uint32Array, block: number, k: number): void {
  const word = 2 * block + (k >> 5)
  nonzero[word] = (nonzero[word] ?? 0) | (1 << (k & 31))
}
