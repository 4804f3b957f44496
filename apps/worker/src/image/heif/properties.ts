import { type Box, findBox, readBoxes } from './boxes.ts'
import { Fields } from './fields.ts'

/** Associations of a file with thousands of items stay below this number. */
const MAX_ASSOCIATIONS = 200_000

/** ISO/IEC 14496-12, section 8.11.14: `ipco` has the properties, `ipma` gives them to items by index from 1. */
export function readProperties(iprp: Buffer): Map<number, Box[]> {
  const ipco = findBox(iprp, 'ipco')?.data ?? Buffer.alloc(0)
  const properties = [...readBoxes(ipco)]
  const byItem = new Map<number, Box[]>()
  let associations = 0
  for (const { type, data } of readBoxes(iprp)) {
    if (type !== 'ipma') continue
    for (const [item, index] of readAssociations(data)) {
      if (++associations > MAX_ASSOCIATIONS) throw new Error('The file has too many properties')
      const property = properties[index - 1]
      if (!property) continue
      const list = byItem.get(item)
      if (list) list.push(property)
      else byItem.set(item, [property])
    }
  }
  return byItem
}

function* readAssociations(ipma: Buffer): Generator<readonly [item: number, index: number]> {
  const fields = new Fields(ipma)
  const { version, flags } = fields.fullBox()
  const large = (flags & 1) === 1
  for (let entries = fields.uint(4); entries > 0; entries--) {
    const item = fields.uint(version === 0 ? 2 : 4)
    for (let count = fields.uint(1); count > 0; count--) {
      const index = large ? fields.uint(2) & 0x7fff : fields.uint(1) & 0x7f
      yield [item, index]
    }
  }
}
