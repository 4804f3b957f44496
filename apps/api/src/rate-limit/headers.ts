import type { Context } from 'koa'
import type { QuotaState } from './limiter.ts'

/**
 * Sets `RateLimit-Policy: "uploads-1m";q=10;w=60` and `RateLimit: "uploads-1m";r=9;t=58`. Both are structured fields
 * with one member for each quota; `w` and `t` are seconds.
 * Source: draft-ietf-httpapi-ratelimit-headers-09, sections 3 and 4.
 */
export function setRateHeaders(ctx: Context, name: string, states: readonly QuotaState[]): void {
  const listOf = (parameters: (state: QuotaState) => string) =>
    states.map((state) => `"${name}-${state.quota.name}";${parameters(state)}`).join(', ')
  ctx.set(
    'RateLimit-Policy',
    listOf(({ quota }) => `q=${quota.amount};w=${quota.window}`),
  )
  ctx.set(
    'RateLimit',
    listOf((state) => `r=${state.remaining};t=${retryAfterSeconds(state)}`),
  )
}

/** Returns the seconds until the window ends, rounded up, and at least 1. */
export const retryAfterSeconds = ({ msUntilReset }: QuotaState): number =>
  Math.max(1, Math.ceil(msUntilReset / 1000))
