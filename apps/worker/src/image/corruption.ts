import { Rejection } from '@visage/shared/errors/app-error'
import type { Reason } from '@visage/shared/errors/reasons'

/** How libvips' decoders put it; the first that fits. */
const WORDS: readonly (readonly [Reason, RegExp])[] = [
  ['timed_out', /^timeout: \d+% complete/],
  [
    'truncated',
    /premature end|unexpected end|truncated|not enough|end of (file|stream)|read error|too short/i,
  ],
]

/** Decoding failed: the file is at fault. The decoder's own words are for the log. */
export function asRejection(error: Error): Rejection {
  const reason = WORDS.find(([, words]) => words.test(error.message))?.[0] ?? 'corrupt'
  return new Rejection(reason, undefined, error)
}
