import { problem } from '@visage/shared/errors/app-error'

/** Seconds. */
const LONGEST = 30

/**
 * The seconds of `Prefer: wait=N` (RFC 7240, section 4.3). Of several the first one counts; what is no
 * whole number is ignored, as the RFC asks for.
 * @param header the `Prefer` header, empty where there is none
 * @returns undefined where nothing is to be waited for
 * @throws badParameter for more than 30
 */
export function waitPreference(header: string): number | undefined {
  const values = header.split(',').flatMap(waitOf)
  const [text = ''] = values
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (seconds > LONGEST) {
    throw problem('badParameter', `Prefer: wait must be at most ${LONGEST} seconds`)
  }
  return seconds || undefined
}

/** One preference is a name, a value in quotes or without, and parameters, which say nothing here. */
function waitOf(preference: string): string[] {
  const [first = ''] = preference.split(';')
  const [name = '', value = ''] = first.split('=').map((part) => part.trim())
  return name.toLowerCase() === 'wait' ? [value.replace(/^"(.*)"$/, '$1')] : []
}
