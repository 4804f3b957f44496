/** Children of one box that are read. libheif refuses files of more than 1,000 items. */
const MAX_BOXES = 20_000

/** A box of ISO/IEC 14496-12. `data` is its content, without the header. */
export interface Box {
  readonly type: string
  readonly data: Buffer
  /** Position of the content in `bytes`. */
  readonly at: number
  /** False if the bytes end before the box does; `data` then is what there is. */
  readonly complete: boolean
}

/**
 * ISO/IEC 14496-12, section 4.2: a length, a type and the content. Length 1: 64 bits follow the type. Length 0: up to
 * the end. Stops at a length that is shorter than the header itself.
 * @throws Error after `MAX_BOXES` boxes
 */
export function* readBoxes(bytes: Buffer, start = 0): Generator<Box> {
  for (let at = start, count = 0; at + 8 <= bytes.length; count++) {
    if (count === MAX_BOXES) throw new Error('A box has too many children')
    const header = bytes.readUInt32BE(at) === 1 ? 16 : 8
    if (at + header > bytes.length) return
    const size = boxSize(bytes, at)
    if (size < header) return
    const end = Math.min(at + size, bytes.length)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const complete = at + size <= bytes.length
    yield { type, data: bytes.subarray(at + header, end), at: at + header, complete }
    at += size
  }
}

function boxSize(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at)
  if (size === 0) return bytes.length - at
  return size === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : size
}

/** Returns the first box of a type among the children of a full box or box. `skip`: bytes before the first child. */
export function findBox(parent: Buffer, type: string, skip = 0): Box | undefined {
  for (const box of readBoxes(parent, skip)) if (box.type === type) return box
  return undefined
}
