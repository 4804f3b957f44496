import type Router from '@koa/router'
import type { Context } from 'koa'
import { type ApiMetrics, methods } from '../metrics.ts'

type Method = (typeof methods)[number]

export type RequestMetrics = Pick<ApiMetrics, 'requests' | 'requestSeconds'>

const knownMethods: ReadonlySet<string> = new Set(methods)

/** The codes of success and of server-side failures. */
const INITIAL_CODES = ['0', '500', '503', '50001', '50004']

/**
 * Initializes these counters to 0 for every route. Without a zero, Prometheus sees no increase at the first failure.
 */
export function countFromZero(
  routers: readonly Router[],
  { requests }: Pick<RequestMetrics, 'requests'>,
): void {
  for (const { path, methods } of routers.flatMap(({ stack }) => stack))
    for (const method of methods)
      for (const code of INITIAL_CODES)
        requests.inc({ method: methodLabel(method), route: String(path), code }, 0)
}

function methodLabel(method: string): Method {
  return knownMethods.has(method) ? (method as Method) : 'other'
}

/** @param seconds until the response started */
export function countRequest(
  ctx: Context,
  seconds: number,
  { requests, requestSeconds }: RequestMetrics,
): void {
  const route: string = ctx._matchedRoute ?? 'none'
  const code = String(ctx.state.code ?? 0)
  requests.inc({ method: methodLabel(ctx.method), route, code })
  requestSeconds.observe({ route }, seconds)
}
