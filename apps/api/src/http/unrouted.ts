import { problem } from '@visage/shared/errors/app-error'
import type { Middleware } from 'koa'

/** Answers requests that no route matched: 404 for an unknown path, else 405, or 204 with `Allow` for OPTIONS. */
export const answerUnrouted: Middleware = (ctx) => {
  const layers = (ctx.matched ?? []) as { methods: string[] }[]
  const allowed = [...new Set(layers.flatMap((layer) => layer.methods))]
  if (allowed.length === 0) throw problem('notFound')
  ctx.set('Allow', allowed.join(', '))
  if (ctx.method !== 'OPTIONS') throw problem('methodNotAllowed')
  ctx.status = 204
}
