const MODULUS = 65_521
/** RFC 1950, section 9: the most bytes after which the sums still fit 32 bits. */
const MAX_RUN = 5552

/** RFC 1950, section 8.2, of bytes that come in parts. */
export class Adler32 {
  #a = 1
  #b = 0

  update(bytes: Uint8Array): void {
    let [a, b] = [this.#a, this.#b]
    for (let at = 0; at < bytes.length; ) {
      for (const end = Math.min(at + MAX_RUN, bytes.length); at < end; at++) {
        a += bytes[at] ?? 0
        b += a
      }
      a %= MODULUS
      b %= MODULUS
    }
    this.#a = a
    this.#b = b
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4)
    digest.writeUInt16BE(this.#b, 0)
    digest.writeUInt16BE(this.#a, 2)
    return digest
  }
}
