import type { Reason } from '@visage/shared/errors/reasons'

/** What to do about a rejection, beside the service's own sentence. */
const advice: Readonly<Record<Reason, string>> = {
  unsupported_format: 'Open it in a picture editor and save it as a JPEG or a PNG.',
  too_many_pixels: 'Make it smaller in a picture editor: 2000 pixels a side are plenty.',
  too_large_decoded: 'Make it smaller in a picture editor, and save it as a JPEG.',
  too_many_frames: 'Save one frame of it as a picture, or shorten the animation.',
  corrupt: 'Open the original and save it once more, or choose another picture.',
  truncated:
    'It was probably not copied or downloaded to its end. Fetch it again, or choose another.',
  timed_out: 'Save it as a plain JPEG of at most 2000 pixels a side, and try that.',
  empty: 'Choose another picture.',
  unprocessable: 'Choose another picture.',
  crop_outside: 'Choose it again and set the frame anew.',
}

export const adviceOn = (reason: string | null | undefined): string =>
  advice[reason as Reason] ?? 'Choose another picture.'

export function bytes(amount: number): string {
  if (amount < 1000) return `${amount} B`
  if (amount < 999_500) return `${(amount / 1000).toFixed(amount < 9950 ? 1 : 0)} KB`
  return `${(amount / 1_000_000).toFixed(1)} MB`
}

export function ago(time: string): string {
  const seconds = (Date.now() - Date.parse(time)) / 1000
  const [unit, size] = units.find(([, least]) => seconds >= least) ?? ['second', 1]
  return seconds < 60 ? 'just now' : relative.format(-Math.floor(seconds / size), unit)
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
