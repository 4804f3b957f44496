const made = new Map<string, Promise<unknown>>()

/**
 * Makes a thing once in this Vitest worker, for all of its test files: they run one after the other,
 * without isolation. It lives as long as the Vitest worker.
 */
export function once<T>(name: string, make: () => Promise<T>): Promise<T> {
  const thing = (made.get(name) as Promise<T> | undefined) ?? make()
  made.set(name, thing)
  return thing
}
