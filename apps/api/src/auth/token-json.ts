export type Json = Readonly<Record<string, unknown>>

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses the JSON object in one part of a token. Duplicate names are invalid (RFC 7515, section 4; RFC 7519, section
 * 4), because two parsers may read two different tokens.
 * @returns undefined if the part is not UTF-8, not an object, or has a duplicate name
 */
export function readObject(part: string): Json | undefined {
  try {
    const text = utf8.decode(Buffer.from(part, 'base64url'))
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && !hasDuplicateNames(text) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

/** Matches strings and braces in valid JSON. A string followed by a colon is a name. */
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g

/**
 * `JSON.parse` does not report duplicate names: it silently keeps the last one.
 * @param text valid JSON
 */
function hasDuplicateNames(text: string): boolean {
  const open: Set<string>[] = []
  for (const [token, string = '', colon] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    if (token === '}') open.pop()
    if (colon === undefined) continue
    const names = open.at(-1)
    const name: string = JSON.parse(string)
    if (names?.has(name)) return true
    names?.add(name)
  }
  return false
}
