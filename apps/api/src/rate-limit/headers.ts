import type { Context } from 'koa'
import type { QuotaState } from './limiter.ts'

/**
 * `RateLimit-Policy: "uploads-1m";q=10;w=60` and `RateLimit: "uploads-1m";r=9;t=58`, as structured
 * fields with a member for each quota; `w` and `t` are seconds.
 * Source: draft-ietf-httpapi-ratelimit-headers-09, sections 3 and 4.
 */
export function setRateHeaders(ctx: Context, name: string, standings: readonly QuotaState[]): void {
  const listOf = (parameters: (standing: QuotaState) => string) =>
    standings.map((one) => `"${name}-${one.quota.name}";${parameters(one)}`).join(', ')
  ctx.set(
    'RateLimit-Policy',
    listOf(({ quota }) => `q=${quota.amount};w=${quota.window}`),
  )
  ctx.set(
    'RateLimit',
    listOf((one) => `r=${one.left};t=${retryAfterSeconds(one)}`),
  )
}

/** Whole seconds until the window ends, and never too few. */
export const retryAfterSeconds = ({ wait }: QuotaState): number =>
  Math.max(1, Math.ceil(wait / 1000))
