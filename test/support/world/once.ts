const made = new Map<string, Promise<unknown>>()

/**
 * Creates a value once in this Vitest worker and shares it with all of its test files, which run one after the other
 * without isolation.
 */
export function once<T>(name: string, make: () => Promise<T>): Promise<T> {
  const thing = (made.get(name) as Promise<T> | undefined) ?? make()
  made.set(name, thing)
  return thing
}
