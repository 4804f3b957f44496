import type Router from '@koa/router'
import type { Context } from 'koa'
import { type ApiMetrics, methods } from '../metrics.ts'

type Method = (typeof methods)[number]

export type RequestMetrics = Pick<ApiMetrics, 'requests' | 'requestSeconds'>

const known: ReadonlySet<string> = new Set(methods)

/** Success, and what is our fault. */
const EXPECTED = ['0', '500', '503', '50001', '50004']

/** Has these counted from 0 on for every route, so that the first failure is seen as an increase. */
export function countFromZero(
  routers: readonly Router[],
  { requests }: Pick<RequestMetrics, 'requests'>,
): void {
  for (const { path, methods } of routers.flatMap(({ stack }) => stack))
    for (const method of methods)
      for (const code of EXPECTED)
        requests.inc({ method: wordFor(method), route: String(path), code }, 0)
}

function wordFor(method: string): Method {
  return known.has(method) ? (method as Method) : 'other'
}

/** @param seconds until its answer began */
export function countRequest(
  ctx: Context,
  seconds: number,
  { requests, requestSeconds }: RequestMetrics,
): void {
  const route: string = ctx._matchedRoute ?? 'none'
  const code = String(ctx.state.code ?? 0)
  requests.inc({ method: wordFor(ctx.method), route, code })
  requestSeconds.observe({ route }, seconds)
}
