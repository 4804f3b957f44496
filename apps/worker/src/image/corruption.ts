import { Rejection } from '@visage/shared/errors/app-error'
import { endsEarly } from './ends-early.ts'

/** What decoders say of sides beyond their own limit, whatever ours are; libspng says nothing. */
const TOO_LARGE = /dimension/
const LARGEST_PNG = 2 ** 30

/** Decoding failed: the file is at fault. The decoder's own words are for the log. */
export function asRejection(error: Error, bytes: Buffer): Rejection {
  if (TOO_LARGE.test(error.message) || pngSide(bytes) > LARGEST_PNG)
    return new Rejection('too_many_pixels', undefined, error)
  return new Rejection(endsEarly(bytes) ? 'truncated' : 'corrupt', undefined, error)
}

/** PNG, section 11.2.2: the longer side, of a file that begins as one; else 0. */
function pngSide(bytes: Buffer): number {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return 0
  return Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20))
}
