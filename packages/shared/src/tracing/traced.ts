import { type MethodNames, wrapMethods } from '../lifecycle/wrap-methods.ts'
import { type Tracing, untraced } from './tracing.ts'

/** Returns a proxy of `target` that traces each call of a named method. Returns `target` itself if tracing is off. */
export function traced<T extends object>(target: T, names: MethodNames<T>, tracing: Tracing): T {
  if (tracing === untraced) return target
  return wrapMethods(target, names, (name, work) => tracing.span(name, work))
}
