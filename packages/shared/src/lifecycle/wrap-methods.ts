/** Maps some methods of `T` to the names that `around` receives. */
export type MethodNames<T, Name extends string = string> = {
  readonly [Method in keyof T]?: Name
}

/** Runs `work` with additional behaviour before or after it. */
export type Around<Name extends string = string> = <T>(
  name: Name,
  work: () => Promise<T>,
) => Promise<T>

type Call = (...args: unknown[]) => Promise<unknown>

/** Returns a proxy of `target` whose named methods run inside `around`. Other members are unchanged. */
export function wrapMethods<T extends object, Name extends string>(
  target: T,
  names: MethodNames<T, Name>,
  around: Around<Name>,
): T {
  const get = (of: T, key: string | symbol) => {
    const member: unknown = Reflect.get(of, key)
    if (typeof member !== 'function') return member
    const call: Call = member.bind(of)
    const name = names[key as keyof T]
    return name === undefined ? call : (...args: unknown[]) => around(name, () => call(...args))
  }
  return new Proxy(target, { get })
}
