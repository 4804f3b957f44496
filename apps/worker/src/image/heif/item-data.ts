import { Rejection } from '@visage/shared/errors/app-error'
import type { Meta } from './meta.ts'

/** Returns the bytes of an item.  @throws Rejection, as truncated, if they lie behind the end of the file */
export function readItem(file: Buffer, { locations, idat }: Meta, item: number): Buffer {
  const parts = (locations.get(item) ?? []).map(({ source, offset, length }) => {
    if (source === 'item') throw new Error('Data of another item')
    const from = source === 'file' ? file : idat
    const end = length === 0 ? from.length : offset + length
    if (end > from.length || offset > end) throw new Rejection('truncated')
    return from.subarray(offset, end)
  })
  const [only] = parts
  if (!only) throw new Error('An item has no data')
  if (parts.reduce((sum, part) => sum + part.length, 0) > file.length)
    throw new Error('The parts of an item overlap')
  return parts.length === 1 ? only : Buffer.concat(parts)
}
