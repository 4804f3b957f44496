import { MARKER } from './markers.ts'

/** A file in the making, of limited size. */
export class Output {
  readonly #bytes: Buffer
  #length = 0

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  marker(code: number): void {
    this.#bytes[this.#length++] = MARKER.prefix
    this.#bytes[this.#length++] = code
  }

  write(bytes: Buffer): void {
    this.copy(bytes, 0, bytes.length)
  }

  copy(bytes: Buffer, from: number, to: number): void {
    this.#length += bytes.copy(this.#bytes, this.#length, from, to)
  }
}
