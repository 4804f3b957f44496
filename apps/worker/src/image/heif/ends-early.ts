import { readBoxes } from './boxes.ts'
import { readMeta } from './meta.ts'

/**
 * Tells whether a file ends before its boxes or the data of its items do. ISO/IEC 14496-12, section 4.2: `meta` and
 * `mdat` contain the picture.
 */
export function endsEarly(file: Buffer): boolean {
  try {
    return lacksBoxes(file) || lacksData(file)
  } catch {
    return false
  }
}

function lacksBoxes(file: Buffer): boolean {
  const complete = new Set<string>()
  let end = 0
  for (const box of readBoxes(file)) {
    end = box.at + box.data.length
    if (box.complete) complete.add(box.type)
  }
  // Boxes that stop before the end of the file are damaged, unless the rest is too short for a box.
  if (end + 8 <= file.length) return false
  return !complete.has('meta') || !(complete.has('mdat') || complete.has('idat'))
}

function lacksData(file: Buffer): boolean {
  for (const extents of readMeta(file).locations.values()) {
    for (const { source, offset, length } of extents) {
      if (source === 'file' && offset + length > file.length) return true
    }
  }
  return false
}
