import { Fields } from './fields.ts'

/** A part of an item's data, in bytes. `length` 0 means all of the source. */
export interface Extent {
  readonly source: 'file' | 'idat' | 'item'
  readonly offset: number
  readonly length: number
}

const SOURCES = ['file', 'idat', 'item'] as const

interface Location {
  readonly item: number
  readonly extents: readonly Extent[]
  /** Replaces the extent, in the box itself. Does nothing if the item has another number of extents than 1. */
  write(offset: number, length: number): void
}

/** @throws Error if the box is damaged */
export function readLocations(iloc: Buffer): Map<number, readonly Extent[]> {
  return new Map([...locationsOf(iloc)].map(({ item, extents }) => [item, extents]))
}

export function findLocation(iloc: Buffer, wanted: number): Location | undefined {
  for (const location of locationsOf(iloc)) if (location.item === wanted) return location
  return undefined
}

/** ISO/IEC 14496-12, section 8.11.3. Fields without a size have the value 0. */
function* locationsOf(iloc: Buffer): Generator<Location> {
  const fields = new Fields(iloc)
  const { version } = fields.fullBox()
  const [sizes, more] = [fields.uint(1), fields.uint(1)]
  const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, more >> 4]
  const indexSize = version > 0 ? more & 15 : 0
  const wide = version < 2 ? 2 : 4
  for (let items = fields.uint(wide); items > 0; items--) {
    const item = fields.uint(wide)
    const method = version > 0 ? fields.uint(2) & 15 : 0
    fields.uint(2)
    const base = fields.uint(baseSize)
    const count = fields.uint(2)
    const extentSize = indexSize + offsetSize + lengthSize
    if (count * Math.max(1, extentSize) > fields.left) throw new Error('The iloc box ends early')
    const at = iloc.length - fields.left + indexSize
    const extents = Array.from({ length: count }, () => {
      fields.uint(indexSize)
      return {
        source: SOURCES[method] ?? 'item',
        offset: base + fields.uint(offsetSize),
        length: fields.uint(lengthSize),
      }
    })
    const write = (offset: number, length: number) => {
      const writable = count === 1 && method === 0 && offsetSize > 3 && lengthSize > 3
      if (!writable || offset < base) return
      writeUint(iloc.subarray(at, at + offsetSize), offset - base)
      writeUint(iloc.subarray(at + offsetSize, at + offsetSize + lengthSize), length)
    }
    yield { item, extents, write }
  }
}

function writeUint(field: Buffer, value: number): void {
  field.fill(0)
  field.writeUIntBE(value, Math.max(0, field.length - 6), Math.min(6, field.length))
}
