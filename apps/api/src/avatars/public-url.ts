/** Where the object with that key is for everybody. Keys are made of characters that need no escape. */
export function publicUrl(base: string, key: string): string {
  return `${base}/${key}`
}
