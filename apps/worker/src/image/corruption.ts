import { Rejection } from '@visage/shared/errors/app-error'
import { endsEarly } from './ends-early.ts'

/** Decoding failed: the file is at fault. The decoder's own words are for the log. */
export function asRejection(error: Error, bytes: Buffer): Rejection {
  return new Rejection(endsEarly(bytes) ? 'truncated' : 'corrupt', undefined, error)
}
