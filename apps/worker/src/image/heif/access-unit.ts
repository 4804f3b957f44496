import { type CodedSize, readSizeOfSps } from './sps.ts'

const [LAST_SLICE, SPS] = [31, 33]

/**
 * Checks the data of an `hvc1` item: ISO/IEC 23008-12, annex B.2, one picture, in NAL units with a length of 4 bytes.
 * Without this check, a few kilobytes could make the decoder work on thousands of pictures.
 * @param allow throws if it refuses the size that a parameter set in the data states
 * @throws Error
 */
export function checkAccessUnit(data: Buffer, allow: (size: CodedSize) => void): void {
  let pictures = 0
  for (const unit of readUnits(data)) {
    if (layerOf(unit) > 0) continue
    const type = ((unit[0] ?? 0) >> 1) & 0x3f
    if (type === SPS) allow(readSizeOfSps(unit))
    // ITU-T H.265, section 7.3.6.1: the first bit behind the header begins a picture.
    if (type <= LAST_SLICE && (unit[2] ?? 0) >> 7 === 1) pictures++
  }
  if (pictures !== 1) throw new Error(`An item has ${pictures} pictures instead of 1`)
}

/** ITU-T H.265, section 7.3.1.2: `nuh_layer_id`. The decoder skips layers above 0. */
const layerOf = (unit: Buffer) => ((unit[0] ?? 0) & 1) * 32 + ((unit[1] ?? 0) >> 3)

function* readUnits(data: Buffer): Generator<Buffer> {
  let at = 0
  while (at + 4 <= data.length) {
    const end = at + 4 + data.readUInt32BE(at)
    if (end > data.length) throw new Error('A NAL unit is longer than its item')
    yield data.subarray(at + 4, end)
    at = end
  }
  if (at !== data.length) throw new Error('An item ends within the length of a NAL unit')
}
