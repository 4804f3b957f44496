import { BitReader, DamagedData } from './bits.ts'
import { findMarker, isRestart, MARKER } from './markers.ts'
import type { Output } from './output.ts'
import type { ScanWalker } from './walk.ts'

/**
 * Copies the entropy-coded data of a scan, without the bytes that belong to no unit.
 * @param restartInterval units between restart markers; 0: all units
 * @returns position after the data
 * @throws DamagedData if a unit is missing or damaged
 */
export function copyScanData(
  bytes: Buffer,
  from: number,
  walker: ScanWalker,
  restartInterval: number,
  output: Output,
): number {
  const size = restartInterval || walker.units
  const intervals = new Intervals()
  let at = from
  for (let unit = 0, restarts = 0; ; unit += size, restarts = (restarts + 1) & 7) {
    const bits = new BitReader(bytes, at)
    const isLast = unit + size >= walker.units
    walker.restart()
    walker.read(bits, unit, Math.min(unit + size, walker.units))
    const end = bits.end
    output.copy(bytes, at, end)
    // libjpeg does not read beyond the last unit of a sequential scan, so the strict decoder accepts any bytes there.
    if (!isLast || walker.progressive) intervals.add(findEnd(bytes, end) > end, bits, walker)
    if (isLast) {
      intervals.assertComplete()
      return end
    }
    output.marker(MARKER.restart + restarts)
    at = afterRestart(bytes, end, restarts)
  }
}

/**
 * Tells loose bytes after an interval from data that damage has displaced. After damage, the last unit seldom ends with
 * the ones that fill its byte, or more units follow up to the end of the data.
 */
class Intervals {
  #count = 0
  #loose = 0
  #suspect = 0

  add(hasMore: boolean, bits: BitReader, walker: ScanWalker): void {
    this.#count++
    if (!hasMore) return
    this.#loose++
    if (!bits.isFilled || walker.continuesToEnd(bits)) this.#suspect++
  }

  /**
   * If most intervals have loose bytes, an encoder wrote them. A few of them look like units by chance.
   * @throws DamagedData
   */
  assertComplete(): void {
    const regular = 2 * this.#loose > this.#count && 4 * this.#suspect <= this.#loose
    if (this.#suspect > 0 && !regular) throw new DamagedData()
  }
}

/** Returns the position of the next marker, or of the end of the file. */
function findEnd(bytes: Buffer, from: number): number {
  const at = findMarker(bytes, from)
  return at < 0 ? bytes.length : at
}

/**
 * What libjpeg does with a restart marker by how far its number is from the expected one (`jpeg_resync_to_restart`):
 * it takes it for the expected one, for a later one (then data is missing), or for an earlier one.
 */
const RESTARTS = ['take', 'damaged', 'damaged', 'take', 'take', 'take', 'pass', 'pass'] as const

/** @throws DamagedData if the restart marker is missing */
function afterRestart(bytes: Buffer, from: number, expected: number): number {
  for (let at = findMarker(bytes, from); at >= 0; at = findMarker(bytes, at + 2)) {
    const code = bytes[at + 1] ?? 0
    const action = isRestart(code) ? RESTARTS[(code - expected) & 7] : 'damaged'
    if (action === 'take') return at + 2
    if (action === 'damaged' && code >= MARKER.baseline) break
  }
  throw new DamagedData()
}
