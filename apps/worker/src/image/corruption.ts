import { Rejection } from '@visage/shared/errors/app-error'
import { isTruncated } from './truncation.ts'

/** Matches decoder errors about sides over the decoder's own limit. libspng reports no reason. */
const TOO_LARGE = /dimension/
const MAX_PNG_SIDE = 2 ** 30

/** Converts a decoder's error to a rejection of the file. The decoder's error becomes the cause, for the log only. */
export function asRejection(error: Error, bytes: Buffer): Rejection {
  if (TOO_LARGE.test(error.message) || pngSide(bytes) > MAX_PNG_SIDE)
    return new Rejection('too_many_pixels', undefined, error)
  return new Rejection(isTruncated(bytes) ? 'truncated' : 'corrupt', undefined, error)
}

/** Returns the longer side of a PNG (PNG, section 11.2.2), or 0 if the file does not begin as a PNG. */
function pngSide(bytes: Buffer): number {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return 0
  return Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20))
}
