import { Fields } from './fields.ts'

/** A part of an item's data, in bytes. `length` 0 means all of the source. */
export interface Extent {
  readonly source: 'file' | 'idat' | 'item'
  readonly offset: number
  readonly length: number
}

const SOURCES = ['file', 'idat', 'item'] as const

/** ISO/IEC 14496-12, section 8.11.3. Fields without a size have the value 0. */
export function readLocations(iloc: Buffer): Map<number, Extent[]> {
  const fields = new Fields(iloc)
  const { version } = fields.fullBox()
  const [sizes, more] = [fields.uint(1), fields.uint(1)]
  const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, more >> 4]
  const indexSize = version > 0 ? more & 15 : 0
  const wide = version < 2 ? 2 : 4
  const locations = new Map<number, Extent[]>()
  for (let items = fields.uint(wide); items > 0; items--) {
    const item = fields.uint(wide)
    const method = version > 0 ? fields.uint(2) & 15 : 0
    fields.uint(2)
    const base = fields.uint(baseSize)
    const count = fields.uint(2)
    const extentSize = indexSize + offsetSize + lengthSize
    if (count * Math.max(1, extentSize) > fields.left) throw new Error('The iloc box ends early')
    const extents = Array.from({ length: count }, () => {
      fields.uint(indexSize)
      return {
        source: SOURCES[method] ?? 'item',
        offset: base + fields.uint(offsetSize),
        length: fields.uint(lengthSize),
      }
    })
    locations.set(item, extents)
  }
  return locations
}
