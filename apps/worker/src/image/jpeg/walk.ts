import { type BitReader, DamagedData } from './bits.ts'
import { passCorrections, passFirst, passRefinement, passValues, readDifference } from './blocks.ts'
import type { Frame, Scan, ScanComponent } from './frame.ts'
import type { HuffmanTable, HuffmanTables } from './huffman.ts'

/** Blocks that all scans of a file may have: 64 megapixels in 20 scans, and at most about 8 s. */
const MAX_VISITS = 60_000_000

/** What is known about a picture between its scans. */
export class Progress {
  visits = 0
  /** For each component, 64 numbers: the lowest bit of each coefficient that was read. -1: none. */
  readonly bits: readonly Int8Array[]
  /** For each component of a progressive picture: which values are not zero. */
  readonly nonzero: readonly Uint32Array[]

  constructor({ components, progressive }: Frame) {
    this.bits = components.map(() => new Int8Array(64).fill(-1))
    this.nonzero = components.map(({ blocks }) => new Uint32Array(progressive ? 2 * blocks : 0))
  }

  /** Tells whether every bit of every coefficient was read. */
  get isComplete(): boolean {
    return this.bits.every((bits) => bits.every((low) => low === 0))
  }

  /**
   * Records the bits of a scan.
   * @throws DamagedData if they do not follow the bits read before (ITU T.81, G.1.1.1.1)
   */
  record({ components, ...scan }: Scan): void {
    const { spectralStart, spectralEnd, approximationHigh, approximationLow } = scan
    for (const { index } of components) {
      const bits = this.bits[index]
      for (let k = spectralStart; k <= spectralEnd; k++) {
        const expected = approximationHigh === 0 ? -1 : approximationHigh
        if (bits?.[k] !== expected) throw new DamagedData()
        bits[k] = approximationLow
      }
    }
  }
}

/** Reads the data of a scan unit by unit: MCUs, or blocks if the scan has one component. */
export class ScanWalker {
  readonly units: number
  readonly progressive: boolean
  readonly #scan: Scan
  readonly #progress: Progress
  readonly #parts: readonly Part[]
  readonly #columns: number
  #endOfBlocks = 0

  constructor(frame: Frame, scan: Scan, tables: HuffmanTables, progress: Progress) {
    const single = scan.components.length === 1 ? scan.components[0]?.component : undefined
    this.#columns = single ? single.columns : frame.columns
    this.units = this.#columns * (single ? single.rows : frame.rows)
    this.progressive = frame.progressive
    this.#scan = scan
    this.#progress = progress
    this.#parts = scan.components.map((part) => ({
      ...part,
      across: single ? 1 : part.component.across,
      down: single ? 1 : part.component.down,
      dc: tables.get(part.dcTable),
      ac: tables.get(part.acTable + 16),
      nonzero: progress.nonzero[part.index] ?? new Uint32Array(0),
    }))
    assertValid(frame, scan, this.#parts)
  }

  /** Forgets what the next restart interval does not depend on. */
  restart(): void {
    this.#endOfBlocks = 0
  }

  /** Reads the units from `from` to before `to`.  @throws DamagedData */
  read(bits: BitReader, from: number, to: number): void {
    for (let unit = from; unit < to; unit++) {
      for (const part of this.#parts) {
        if (this.progressive) this.#passProgressive(bits, part, unit)
        else this.#passSequential(bits, part)
      }
    }
  }

  /** Tells whether the data up to the next marker are whole units, filled with ones at their end. */
  continuesToEnd(bits: BitReader): boolean {
    try {
      while (bits.left >= 8) {
        this.restart()
        this.read(bits, this.units, this.units + 1)
      }
      return bits.isFilled
    } catch (error) {
      if (error instanceof DamagedData) return false
      throw error
    }
  }

  #passSequential(bits: BitReader, { across, down, dc, ac }: Part): void {
    const blocks = across * down
    this.#visit(blocks)
    if (!dc || !ac) throw new DamagedData()
    for (let i = 0; i < blocks; i++) {
      readDifference(bits, dc)
      passValues(bits, ac)
    }
  }

  #passProgressive(bits: BitReader, part: Part, unit: number): void {
    this.#visit(part.across * part.down)
    if (this.#scan.spectralStart > 0) this.#passBand(bits, part, unit)
    else if (this.#scan.approximationHigh > 0) bits.skip(part.across * part.down)
    else
      for (let i = part.across * part.down; i > 0; i--)
        readDifference(bits, part.dc as HuffmanTable)
  }

  #passBand(bits: BitReader, { ac, nonzero, component }: Part, unit: number): void {
    const { spectralStart: start, spectralEnd: end, approximationHigh } = this.#scan
    const block = Math.floor(unit / this.#columns) * component.stride + (unit % this.#columns)
    if (this.#endOfBlocks > 0) {
      this.#endOfBlocks--
      if (approximationHigh > 0) passCorrections(bits, { start, end }, nonzero, block)
      return
    }
    const pass = approximationHigh > 0 ? passRefinement : passFirst
    this.#endOfBlocks = pass(bits, ac as HuffmanTable, { start, end }, nonzero, block)
  }

  #visit(blocks: number): void {
    this.#progress.visits += blocks
    if (this.#progress.visits > MAX_VISITS) throw new DamagedData()
  }
}

interface Part extends ScanComponent {
  readonly across: number
  readonly down: number
  readonly dc: HuffmanTable | undefined
  readonly ac: HuffmanTable | undefined
  readonly nonzero: Uint32Array
}

/** T.81, G.1.1.1: a progressive scan has DC alone, or AC of one component.  @throws DamagedData */
function assertValid(frame: Frame, scan: Scan, parts: readonly Part[]): void {
  const { spectralStart: start, spectralEnd: end, approximationHigh, approximationLow } = scan
  if (!frame.progressive) return
  const valid =
    (start === 0 ? end === 0 : end >= start && end < 64 && parts.length === 1) &&
    approximationLow <= 13 &&
    (approximationHigh === 0 || approximationHigh === approximationLow + 1)
  const tabled = parts.every((part) => (start > 0 ? part.ac : approximationHigh > 0 || part.dc))
  if (!valid || !tabled) throw new DamagedData()
}
