import { LRUCache } from 'lru-cache'

const MAX_ENTRIES = 500
/** Characters. Longer texts are parsed on every call. */
const MAX_CACHED_LENGTH = 256

/** Caches the results of `parse`, for headers and query strings of which clients send few different values. */
export function memoize<T extends object>(parse: (text: string) => T): (text: string) => T {
  const results = new LRUCache<string, T>({ max: MAX_ENTRIES })
  return (text) => {
    if (text.length > MAX_CACHED_LENGTH) return parse(text)
    const cached = results.get(text)
    if (cached) return cached
    const result = parse(text)
    results.set(text, result)
    return result
  }
}
