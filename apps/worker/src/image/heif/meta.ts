import { type Box, findBox, readBoxes } from './boxes.ts'
import { Fields } from './fields.ts'
import { type Extent, readLocations } from './locations.ts'
import { readProperties } from './properties.ts'

/** The items of a file and how they belong together. Counts are bounded by the size of the `meta` box. */
export interface Meta {
  readonly primary: number
  /** Item type by item id, for example `hvc1`, `av01`, `grid`. */
  readonly types: ReadonlyMap<number, string>
  /** Properties of each item, in the order in which they apply. */
  readonly properties: ReadonlyMap<number, readonly Box[]>
  readonly references: readonly Reference[]
  readonly locations: ReadonlyMap<number, readonly Extent[]>
  /** Content of the `idat` box. */
  readonly idat: Buffer
}

export interface Reference {
  readonly type: string
  readonly from: number
  readonly to: readonly number[]
}

/** Reads the `meta` box of a file.  @throws Error if it is absent, or if a box that it needs is damaged */
export function readMeta(file: Buffer): Meta {
  const meta = findBox(file, 'meta')?.data ?? missing('meta')
  const child = (type: string) => findBox(meta, type, 4)?.data
  return {
    primary: readPrimary(child('pitm') ?? missing('pitm')),
    types: readTypes(child('iinf') ?? missing('iinf')),
    properties: readProperties(child('iprp') ?? Buffer.alloc(0)),
    references: readReferences(child('iref')),
    locations: readLocations(child('iloc') ?? missing('iloc')),
    idat: child('idat') ?? Buffer.alloc(0),
  }
}

function missing(type: string): never {
  throw new Error(`The file has no ${type} box`)
}

/** ISO/IEC 14496-12, section 8.11.4. */
function readPrimary(pitm: Buffer): number {
  const fields = new Fields(pitm)
  return fields.uint(fields.fullBox().version === 0 ? 2 : 4)
}

/** ISO/IEC 14496-12, section 8.11.6. The boxes themselves bound the number of items, not the stated count. */
function readTypes(iinf: Buffer): Map<number, string> {
  const countSize = new Fields(iinf).fullBox().version === 0 ? 2 : 4
  const types = new Map<number, string>()
  for (const { type, data } of readBoxes(iinf, 4 + countSize)) {
    if (type !== 'infe') continue
    const fields = new Fields(data)
    const { version } = fields.fullBox()
    if (version < 2) continue
    const id = fields.uint(version === 2 ? 2 : 4)
    fields.uint(2)
    types.set(id, fields.code())
  }
  return types
}

/** ISO/IEC 14496-12, section 8.11.12. */
function readReferences(iref: Buffer | undefined): Reference[] {
  if (!iref) return []
  const idSize = new Fields(iref).fullBox().version === 0 ? 2 : 4
  const references: Reference[] = []
  for (const { type, data } of readBoxes(iref, 4)) {
    const fields = new Fields(data)
    const from = fields.uint(idSize)
    const count = fields.uint(2)
    if (count * idSize > fields.left) throw new Error('A reference ends early')
    references.push({ type, from, to: Array.from({ length: count }, () => fields.uint(idSize)) })
  }
  return references
}
