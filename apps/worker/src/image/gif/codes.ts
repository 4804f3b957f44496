/** Reads codes of a variable number of bits from sub-blocks (GIF89a, section 22), the lowest bit first. */
export class CodeReader {
  readonly #gif: Buffer
  #at: number
  /** Bytes that are left of the current sub-block. */
  #left = 0
  #bits = 0
  #held = 0

  /** @param at position of the first sub-block */
  constructor(gif: Buffer, at: number) {
    this.#gif = gif
    this.#at = at
  }

  /** Returns the next code, or -1 after the last one. */
  read(width: number): number {
    while (this.#held < width) {
      const byte = this.#nextByte()
      if (byte < 0) return -1
      this.#bits |= byte << this.#held
      this.#held += 8
    }
    const code = this.#bits & ((1 << width) - 1)
    this.#bits >>>= width
    this.#held -= width
    return code
  }

  #nextByte(): number {
    if (this.#at >= this.#gif.length) return -1
    if (this.#left === 0) {
      this.#left = this.#gif[this.#at] ?? 0
      if (this.#left === 0 || ++this.#at >= this.#gif.length) return -1
    }
    this.#left--
    return this.#gif[this.#at++] ?? -1
  }
}
