/** What a poisonous picture says of itself, in a place that no decoder looks at. */
const MARK = 'visage-test: this picture ends its process'

/** The same JPEG with a comment, right after its first marker, that ends whatever process renders it. */
export function poisoned(jpeg: Buffer): Buffer {
  const text = Buffer.from(MARK)
  const head = Buffer.from([0xff, 0xfe, 0, text.length + 2])
  return Buffer.concat([jpeg.subarray(0, 2), head, text, jpeg.subarray(2)])
}

export const isPoisonous = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(MARK)

/** What a decoder's crash comes to: no code of this process runs any more. */
export function dieIfPoisonous(bytes: Uint8Array): void {
  if (isPoisonous(bytes)) process.kill(process.pid, 'SIGKILL')
}
