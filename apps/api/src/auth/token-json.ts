export type Json = Readonly<Record<string, unknown>>

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The object that a part of a token holds; undefined where it holds none, where its bytes are no UTF-8,
 * or where a name comes twice (RFC 7515, section 4; RFC 7519, section 4), since two readers may
 * then read two different tokens.
 */
export function readObject(part: string): Json | undefined {
  try {
    const text = utf8.decode(Buffer.from(part, 'base64url'))
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && !hasTwins(text) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

/** In valid JSON: strings, those before a colon being names, and where objects begin and end. */
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g

/** @param text valid JSON  `JSON.parse` keeps the last of two members without a word. */
function hasTwins(text: string): boolean {
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
