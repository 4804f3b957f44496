import { problem } from '@visage/shared/errors/app-error'

/** The longest wait in seconds. */
const MAX_WAIT = 30

/**
 * Reads the seconds of `Prefer: wait=N` (RFC 7240, section 4.3). The first `wait` applies if there are several. A value
 * that is not a whole number is ignored, as the RFC requires.
 * @param header the `Prefer` header, empty if there is none
 * @returns undefined if the client does not ask for a wait
 * @throws badParameter for more than 30
 */
export function waitPreference(header: string): number | undefined {
  const values = header.split(',').flatMap(waitOf)
  const [text = ''] = values
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (seconds > MAX_WAIT) {
    throw problem(
      'badParameter',
      `The wait in the Prefer header must be at most ${MAX_WAIT} seconds`,
    )
  }
  return seconds || undefined
}

/** A preference is a name, an optionally quoted value, and parameters. The parameters are ignored. */
function waitOf(preference: string): string[] {
  const [first = ''] = preference.split(';')
  const [name = '', value = ''] = first.split('=').map((part) => part.trim())
  return name.toLowerCase() === 'wait' ? [value.replace(/^"(.*)"$/, '$1')] : []
}
