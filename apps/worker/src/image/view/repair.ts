import type { SourceFormat } from '@visage/shared/avatar/formats'
import { repairJpeg } from '../jpeg/repair.ts'
import { repairPng } from '../png/repair.ts'

/** Returns undefined if it finds no harmless fault, or a fault that costs pixels. */
type Repair = (bytes: Buffer) => Buffer | undefined | Promise<Buffer | undefined>

const repairs: Partial<Record<SourceFormat, Repair>> = { jpeg: repairJpeg, png: repairPng }

/**
 * Removes faults that cost no pixel, such as a wrong checksum, from a file that the strict decoder refused. The strict
 * decoder then reads the result: a repair can never make an incomplete picture acceptable.
 */
export async function repair(bytes: Buffer, format: SourceFormat): Promise<Buffer | undefined> {
  return repairs[format]?.(bytes)
}
