import { LRUCache } from 'lru-cache'

const KEPT = 500
/** Characters; longer texts are read each time. */
const LONGEST = 256

/** `read`, of a header or a query of which clients send few different ones: each is read once. */
export function cached<T extends object>(read: (text: string) => T): (text: string) => T {
  const known = new LRUCache<string, T>({ max: KEPT })
  return (text) => {
    if (text.length > LONGEST) return read(text)
    const seen = known.get(text)
    if (seen) return seen
    const made = read(text)
    known.set(text, made)
    return made
  }
}
