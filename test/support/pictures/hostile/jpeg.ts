/** JPEG files written by hand (ITU T.81): flat blocks, and of each frame type what an encoder could write. */

const marker = (code: number) => Buffer.from([0xff, code])

export const SOI = marker(0xd8)
export const EOI = marker(0xd9)

export function segment(code: number, ...parts: readonly (Uint8Array | readonly number[])[]) {
  const body = Buffer.concat(parts.map((part) => Uint8Array.from(part)))
  return Buffer.concat([Buffer.from([0xff, code, (body.length + 2) >> 8, body.length + 2]), body])
}

const word = (value: number) => [(value >> 8) & 255, value & 255]

export interface Frame {
  readonly width: number
  readonly height: number
  /** 0xc0 baseline, 0xc1 extended, 0xc2 progressive. */
  readonly type?: number
  readonly precision?: number
  /** The ids of the components; none is sampled less than another. */
  readonly components?: readonly number[]
}

export function frameHeader({
  width,
  height,
  type = 0xc0,
  precision = 8,
  components = [1],
}: Frame) {
  const parts = components.flatMap((id) => [id, 0x11, 0])
  return segment(type, [precision, ...word(height), ...word(width), components.length, ...parts])
}

/** Steps of 8 in the mean of a block are steps of 1 in its value. */
export const quantisation = (precision = 8) =>
  precision === 8
    ? segment(0xdb, [0], Array(64).fill(8))
    : segment(0xdb, [0x10], Array(64).fill([0, 8]).flat())

/** 12 lengths for the sizes of DC differences, each 4 bits; of AC only "the rest is zero", as one bit. */
export const huffmanTables = () =>
  Buffer.concat([
    segment(
      0xc4,
      [0x00],
      counts({ 4: 12 }),
      Array.from({ length: 12 }, (_, i) => i),
    ),
    segment(0xc4, [0x10], counts({ 1: 1 }), [0]),
  ])

/** How many codes there are of each length from 1 to 16. */
export const counts = (some: Readonly<Record<number, number>>) =>
  Array.from({ length: 16 }, (_, i) => some[i + 1] ?? 0)

export const scanHeader = (components: readonly number[], spectral = [0, 63], approximation = 0) =>
  segment(
    0xda,
    [components.length],
    components.flatMap((id) => [id, 0]),
    [...spectral, approximation],
  )

/** Bits, as entropy-coded data has them: a 0xFF is followed by 0, the last byte is filled with ones. */
export class Bits {
  readonly #bytes: number[] = []
  #held = 0
  #count = 0

  put(value: number, length: number): this {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#held = (this.#held << 1) | ((value >> bit) & 1)
      if (++this.#count === 8) this.#byte()
    }
    return this
  }

  bytes(): Buffer {
    while (this.#count > 0) this.put(1, 1)
    return Buffer.from(this.#bytes)
  }

  #byte(): void {
    this.#bytes.push(this.#held)
    if (this.#held === 0xff) this.#bytes.push(0)
    this.#held = 0
    this.#count = 0
  }
}

/** A block of one value, coded by how far it is from the one before. */
export function putBlock(bits: Bits, difference: number): void {
  putDifference(bits, difference)
  bits.put(0, 1)
}

export function putDifference(bits: Bits, difference: number): void {
  const size = 32 - Math.clz32(Math.abs(difference))
  bits.put(size, 4)
  if (size > 0) bits.put(difference > 0 ? difference : difference + 2 ** size - 1, size)
}

export interface Coded extends Frame {
  /** The value of each component in the block at (column, row), from 0 to 255. */
  readonly paint: (column: number, row: number) => readonly number[]
  /** A restart marker after so many blocks. */
  readonly restart?: number
  /** Segments before the frame header. */
  readonly segments?: readonly Buffer[]
}

/** A whole sequential JPEG of flat blocks. */
export function jpegFile(coded: Coded): Buffer {
  const { components = [1], restart = 0, segments = [], precision } = coded
  return Buffer.concat([
    SOI,
    ...segments,
    quantisation(precision),
    frameHeader(coded),
    huffmanTables(),
    restart ? segment(0xdd, word(restart)) : Buffer.alloc(0),
    scanHeader(components),
    scanData(coded, restart),
    EOI,
  ])
}

function scanData(
  { width, height, components = [1], paint, precision = 8 }: Coded,
  restart: number,
) {
  const [columns, rows] = [Math.ceil(width / 8), Math.ceil(height / 8)]
  const parts: Buffer[] = []
  let bits = new Bits()
  let before: number[] = components.map(() => 0)
  for (let unit = 0; unit < columns * rows; unit++) {
    if (restart && unit > 0 && unit % restart === 0) {
      parts.push(bits.bytes(), marker(0xd0 + ((unit / restart - 1) & 7)))
      bits = new Bits()
      before = components.map(() => 0)
    }
    const values = paint(unit % columns, Math.floor(unit / columns))
    const now = values.map((value) => (value - 128) << (precision - 8))
    for (const [i, value] of now.entries()) putBlock(bits, value - (before[i] ?? 0))
    before = now
  }
  return Buffer.concat([...parts, bits.bytes()])
}

/** Adobe's segment: transform 0 leaves the components as they are, 1 is YCbCr, 2 YCCK. */
export const adobe = (transform: number) =>
  segment(0xee, Buffer.from('Adobe'), [0, 100, 0, 0, 0, 0, transform])
