import { type Tracing, untraced } from './tracing.ts'

/** The spans' names, by the method that they are made of. */
export type SpanNames<T> = { readonly [Method in keyof T]?: string }

type Call = (...args: unknown[]) => Promise<unknown>

/** The same object, each call of whose named methods is a span; the object itself where nothing is traced. */
export function traced<T extends object>(target: T, names: SpanNames<T>, tracing: Tracing): T {
  if (tracing === untraced) return target
  const get = (of: T, key: string | symbol) => {
    const member: unknown = Reflect.get(of, key)
    if (typeof member !== 'function') return member
    const call: Call = member.bind(of)
    const name = names[key as keyof T]
    return name === undefined
      ? call
      : (...args: unknown[]) => tracing.span(name, () => call(...args))
  }
  return new Proxy(target, { get })
}
