/** Reads big-endian fields one after the other. Throws RangeError at the end of the data. */
export class Fields {
  readonly #data: Buffer
  #at = 0

  constructor(data: Buffer) {
    this.#data = data
  }

  get left(): number {
    return this.#data.length - this.#at
  }

  /** @param bytes 0 to 8; 0 reads nothing and returns 0 */
  uint(bytes: number): number {
    return this.bytes(bytes).reduce((value, byte) => value * 256 + byte, 0)
  }

  bytes(count: number): Buffer {
    if (count > this.left) throw new RangeError('The data ends within a field')
    this.#at += count
    return this.#data.subarray(this.#at - count, this.#at)
  }

  /** The four characters of a type, brand or item type. */
  code(): string {
    return this.bytes(4).toString('latin1')
  }

  /** ISO/IEC 14496-12, section 4.2.2: the version of a full box, and its flags. */
  fullBox(): { readonly version: number; readonly flags: number } {
    return { version: this.uint(1), flags: this.uint(3) }
  }
}
