import type { Reason } from '@visage/shared/errors/reasons'

/** Advice for each rejection reason. The page shows it below the service's message. */
const advice: Readonly<Record<Reason, string>> = {
  unsupported_format: 'Open the file in a picture editor and save it as JPEG or PNG.',
  too_many_pixels:
    'Make the picture smaller in a picture editor. 2000 pixels on each side are enough.',
  too_large_decoded: 'Make the picture smaller in a picture editor, and save it as JPEG.',
  too_many_frames: 'Save one frame of the animation as a picture, or shorten the animation.',
  corrupt: 'Open the original and save it again, or choose another picture.',
  truncated:
    'The file was probably not copied or downloaded completely. Download it again, or choose another picture.',
  timed_out: 'Save the picture as JPEG with at most 2000 pixels on each side, and try again.',
  empty: 'Choose another picture.',
  unprocessable: 'Choose another picture.',
  crop_outside: 'Choose the picture again and select the part to show.',
}

export const adviceFor = (reason: string | null | undefined): string =>
  advice[reason as Reason] ?? 'Choose another picture.'

/** Formats a number of bytes in decimal units: `840 B`, `9.9 KB`, `1.2 MB`. */
export function formatBytes(amount: number): string {
  if (amount < 1000) return `${amount} B`
  if (amount < 999_500) return `${(amount / 1000).toFixed(amount < 9950 ? 1 : 0)} KB`
  return `${(amount / 1_000_000).toFixed(1)} MB`
}

/** Formats the age of an ISO time: `just now`, `5 minutes ago`, `yesterday`. */
export function formatAge(time: string): string {
  const seconds = (Date.now() - Date.parse(time)) / 1000
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['second', 1]
  return seconds < 60 ? 'just now' : relative.format(-Math.floor(seconds / length), unit)
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** The units of ages, each with its length in seconds. */
const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
