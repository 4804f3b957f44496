import { MARKER } from './markers.ts'

/** A fault in the entropy-coded data that costs pixels. */
export class DamagedData extends Error {}

/**
 * Reads bits of entropy-coded data up to the next marker (ITU T.81, B.1.1.5: FF 00 stands for FF; more FF before it
 * are fill).
 */
export class BitReader {
  readonly #bytes: Buffer
  #at: number
  #held = 0
  #count = 0

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Returns the next 16 bits without consuming them. Bits after the end of the data are 0. */
  peek16(): number {
    if (this.#count < 16) this.#fill()
    const count = this.#count
    return count >= 16
      ? (this.#held >>> (count - 16)) & 0xffff
      : (this.#held & ((1 << count) - 1)) << (16 - count)
  }

  /** @throws DamagedData if the data ends before */
  skip(bits: number): void {
    if (this.#count < bits) this.#fill()
    if (this.#count < bits) throw new DamagedData()
    this.#count -= bits
  }

  /** Reads at most 16 bits.  @throws DamagedData */
  read(bits: number): number {
    this.skip(bits)
    return (this.#held >>> this.#count) & ((1 << bits) - 1)
  }

  /** Tells whether the rest of the last byte in use is filled with ones, as T.81, F.1.2.3 asks. */
  get isFilled(): boolean {
    const mask = (1 << (this.#count & 7)) - 1
    const whole = this.#count & ~7
    return ((this.#held >>> whole) & mask) === mask
  }

  /** Position after the last byte of which a bit was consumed. */
  get end(): number {
    let at = this.#at
    for (let unread = this.#count >> 3; unread > 0; unread--) {
      const stuffed = this.#bytes[at - 1] === 0 && this.#bytes[at - 2] === MARKER.prefix
      at -= stuffed ? 2 : 1
      while (stuffed && this.#bytes[at - 1] === MARKER.prefix) at--
    }
    return at
  }

  /** Bits up to the next marker, if fewer than 8 of them are left; otherwise 8 or more. */
  get left(): number {
    if (this.#count < 16) this.#fill()
    return this.#count
  }

  #fill(): void {
    while (this.#count <= 24) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) return
      if (byte !== MARKER.prefix) this.#at++
      else if (!this.#passStuffing()) return
      this.#held = (this.#held << 8) | byte
      this.#count += 8
    }
  }

  /** Returns false at a marker. */
  #passStuffing(): boolean {
    let at = this.#at + 1
    while (this.#bytes[at] === MARKER.prefix) at++
    if (this.#bytes[at] !== 0) return false
    this.#at = at + 1
    return true
  }
}
