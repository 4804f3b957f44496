/**
 * What errors may have picked up on their way, and what is shown in its place. An address of a server
 * stays as far as its host: an operator has to know which one it was.
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

/** Text of an error without tokens, secrets, e-mail addresses, or where on the disk the service lies. */
export function redact(text: string): string {
  return patterns.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text)
}
