import { deflateSync, inflateSync } from 'node:zlib'
import { type IccProfile, readIcc } from '../colour/icc-reader.ts'
import { PNG_SIGNATURE, writeChunk } from './chunks.ts'

const AFTER_IHDR = PNG_SIGNATURE.length + 25
const MAX_PROFILE_BYTES = 8 * 1024 ** 2
/** PNG, section 11.3.2.3 */
const MAX_NAME_BYTES = 79

/** Embeds an ICC profile in a PNG that has no colour chunk. PNG, section 11.3.3.3: before the pixels. */
export function withProfile(png: Buffer, profile: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, AFTER_IHDR), iccpChunk(profile), png.subarray(AFTER_IHDR)])
}

export function iccpChunk(profile: Buffer): Buffer {
  return writeChunk('iCCP', Buffer.concat([Buffer.from('ICC\0\0', 'latin1'), deflateSync(profile)]))
}

/** PNG, section 11.3.2.3: a name, a zero, the compression method (0) and a zlib stream. Undefined if damaged. */
export function readIccpChunk(data: Buffer): IccProfile | undefined {
  const nameEnd = data.subarray(0, MAX_NAME_BYTES + 1).indexOf(0)
  if (nameEnd < 1 || data[nameEnd + 1] !== 0) return undefined
  try {
    const options = { maxOutputLength: MAX_PROFILE_BYTES }
    return readIcc(inflateSync(data.subarray(nameEnd + 2), options))
  } catch {
    return undefined
  }
}
