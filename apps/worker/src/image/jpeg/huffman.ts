import { type BitReader, DamagedData } from './bits.ts'

const LOOKAHEAD = 9

/** A Huffman table (ITU T.81, annex C and F.2.2.3). */
export class HuffmanTable {
  /** For each prefix of 9 bits: length of its code times 256, plus its symbol. 0: the code is longer. */
  readonly #short = new Uint16Array(1 << LOOKAHEAD)
  /** For each length: the first code after those of this length, as 16 bits. */
  readonly #limits = new Int32Array(17)
  readonly #offsets = new Int32Array(17)
  readonly #symbols: Buffer

  /**
   * @param counts number of codes of each length from 1 to 16
   * @throws DamagedData if there are more codes than their lengths allow
   */
  constructor(counts: Buffer, symbols: Buffer) {
    this.#symbols = symbols
    let [code, index] = [0, 0]
    for (let length = 1; length <= 16; length++) {
      const count = counts[length - 1] ?? 0
      this.#offsets[length] = index - code
      if (length <= LOOKAHEAD) this.#fillShort(code, index, count, length)
      index += count
      code += count
      if (code > 1 << length) throw new DamagedData()
      this.#limits[length] = code << (16 - length)
      code <<= 1
    }
  }

  /** @throws DamagedData if the next bits are no code */
  decode(bits: BitReader): number {
    const ahead = bits.peek16()
    const short = this.#short[ahead >> (16 - LOOKAHEAD)] ?? 0
    if (short !== 0) {
      bits.skip(short >> 8)
      return short & 0xff
    }
    for (let length = LOOKAHEAD + 1; length <= 16; length++) {
      if (ahead >= (this.#limits[length] ?? 0)) continue
      bits.skip(length)
      return this.#symbols[(ahead >> (16 - length)) + (this.#offsets[length] ?? 0)] ?? 0
    }
    throw new DamagedData()
  }

  #fillShort(code: number, index: number, count: number, length: number): void {
    for (let i = 0; i < count; i++) {
      const from = (code + i) << (LOOKAHEAD - length)
      const entry = (length << 8) | (this.#symbols[index + i] ?? 0)
      this.#short.fill(entry, from, from + (1 << (LOOKAHEAD - length)))
    }
  }
}

/** Number of a table: its destination, plus 16 for AC. */
export type HuffmanTables = Map<number, HuffmanTable>

/** Reads a DHT segment (T.81, B.2.4.2).  @throws DamagedData */
export function readHuffmanTables(data: Buffer, tables: HuffmanTables): void {
  for (let at = 0; at < data.length; ) {
    const counts = data.subarray(at + 1, at + 17)
    const total = counts.reduce((sum, count) => sum + count, 0)
    const symbols = data.subarray(at + 17, at + 17 + total)
    if (counts.length < 16 || total > 256 || symbols.length < total) throw new DamagedData()
    tables.set(data[at] ?? 0, new HuffmanTable(counts, symbols))
    at += 17 + total
  }
}
