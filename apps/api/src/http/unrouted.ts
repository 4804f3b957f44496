import { problem } from '@visage/shared/errors/app-error'
import type { Middleware } from 'koa'

/** What no route took: a path that has other methods, or none at all. */
export const unrouted: Middleware = (ctx) => {
  const layers = (ctx.matched ?? []) as { methods: string[] }[]
  const allowed = [...new Set(layers.flatMap((layer) => layer.methods))]
  if (allowed.length === 0) throw problem('notFound')
  ctx.set('Allow', allowed.join(', '))
  if (ctx.method !== 'OPTIONS') throw problem('methodNotAllowed')
  ctx.status = 204
}
