import { Fields } from './fields.ts'

/** Size of the pictures of an HEVC stream, in pixels. */
export interface CodedSize {
  /** Size that the decoder allocates. */
  readonly coded: Size
  /** Size that the decoder returns: the conformance window. */
  readonly shown: Size
}

export interface Size {
  readonly width: number
  readonly height: number
}

const SPS = 33
/** The size stands within the first bytes: profile and level take at most 100. */
const MAX_SPS_BYTES = 160

/** ISO/IEC 14496-15, section 8.3.3.1: the parameter sets of a stream.  @throws Error if there is none that fits */
export function readSizeOfHvcc(hvcC: Buffer): CodedSize {
  if (((hvcC[21] ?? 0) & 3) !== 3) throw new Error('NAL unit lengths other than 4 bytes')
  const fields = new Fields(hvcC.subarray(22))
  for (let arrays = fields.uint(1); arrays > 0; arrays--) {
    const type = fields.uint(1) & 0x3f
    for (let units = fields.uint(2); units > 0; units--) {
      const unit = fields.bytes(fields.uint(2))
      if (type === SPS) return readSizeOfSps(unit)
    }
  }
  throw new Error('The hvcC box has no sequence parameter set')
}

/** ITU-T H.265, section 7.3.2.2. `unit` begins with the header of the NAL unit. */
export function readSizeOfSps(unit: Buffer): CodedSize {
  const bits = new Bits(withoutEmulationPrevention(unit.subarray(2, MAX_SPS_BYTES)))
  bits.uint(4)
  skipProfileTierLevel(bits, bits.uint(3))
  bits.golomb()
  const chroma = bits.golomb()
  if (chroma === 3) bits.uint(1)
  const coded = { width: bits.golomb(), height: bits.golomb() }
  const [left, right, top, bottom] = bits.uint(1)
    ? [bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()]
    : [0, 0, 0, 0]
  const [x, y] = [chroma === 1 || chroma === 2 ? 2 : 1, chroma === 1 ? 2 : 1]
  const shown = {
    width: coded.width - x * (left + right),
    height: coded.height - y * (top + bottom),
  }
  return { coded, shown }
}

/** ITU-T H.265, section 7.3.3. Consumes the bit before it, `sps_temporal_id_nesting_flag`, too. */
function skipProfileTierLevel(bits: Bits, subLayers: number): void {
  bits.skip(1 + 96)
  const present = Array.from({ length: subLayers }, () => [bits.uint(1), bits.uint(1)] as const)
  if (subLayers > 0) bits.skip(2 * (8 - subLayers))
  for (const [profile, level] of present) bits.skip(88 * profile + 8 * level)
}

/** ITU-T H.265, section 7.3.1.1: the third byte of 0, 0, 3 is no data. */
function withoutEmulationPrevention(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes.filter((byte, i) => !(byte === 3 && bytes[i - 1] === 0 && bytes[i - 2] === 0)),
  )
}

class Bits {
  readonly #data: Buffer
  #at = 0

  constructor(data: Buffer) {
    this.#data = data
  }

  skip(count: number): void {
    this.#at += count
  }

  uint(count: number): number {
    if (this.#at + count > this.#data.length * 8) throw new Error('The parameter set ends early')
    let value = 0
    for (let i = 0; i < count; i++, this.#at++)
      value = value * 2 + (((this.#data[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1)
    return value
  }

  /** ITU-T H.265, section 9.2: `ue(v)`. */
  golomb(): number {
    let zeros = 0
    while (this.uint(1) === 0) zeros++
    if (zeros > 32) throw new Error('The parameter set has a number that is too large')
    return 2 ** zeros - 1 + this.uint(zeros)
  }
}
