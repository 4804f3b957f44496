import type { Context } from 'koa'
import { methods, metrics } from '../metrics.ts'

type Method = (typeof methods)[number]

const known: ReadonlySet<string> = new Set(methods)

/** @param seconds until its answer began */
export function countRequest(ctx: Context, seconds: number): void {
  const route: string = ctx._matchedRoute ?? 'none'
  const method = known.has(ctx.method) ? (ctx.method as Method) : 'other'
  metrics.requests.inc({ method, route, code: String(ctx.state.code ?? 0) })
  metrics.requestSeconds.observe({ route }, seconds)
}
