/** Builds the public address of an object. Keys consist of characters that need no escape. */
export function publicUrl(base: string, key: string): string {
  return `${base}/${key}`
}
