import { Rejection } from '@visage/shared/errors/app-error'
import type { Reason } from '@visage/shared/errors/reasons'
import { endsEarly } from './ends-early.ts'

const TIMEOUT = /^timeout: \d+% complete/

/** Decoding failed: the file is at fault. The decoder's own words are for the log. */
export function asRejection(error: Error, bytes: Buffer): Rejection {
  return new Rejection(reasonOf(error, bytes), undefined, error)
}

function reasonOf(error: Error, bytes: Buffer): Reason {
  if (TIMEOUT.test(error.message)) return 'timed_out'
  return endsEarly(bytes) ? 'truncated' : 'corrupt'
}
