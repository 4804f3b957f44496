/**
 * Sensitive texts that an error can contain, with their replacements. A server's address keeps its host, because an
 * operator must know which server failed.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\bey[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [token]'],
  [/\b(x-amz-[\w-]+|signature|password|secret|token)=[^\s&"']+/gi, '$1=[secret]'],
  [/(\w:\/\/)[^\s/@]*@/g, '$1[secret]@'],
  [/[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+/g, '[address]'],
  [
    /(?<!\w)(?:file:\/\/)?\/(?:[^\s():]*?\/)?((?:apps|packages|node_modules)\/[^\s():]+|[^\s():/]+)(?=:\d+:\d)/g,
    '$1',
  ],
]

/** Removes tokens, secrets, e-mail addresses and installation paths from the text of an error. */
export function redact(text: string): string {
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)
}
