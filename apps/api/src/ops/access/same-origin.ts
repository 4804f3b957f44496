import type { Context, Middleware } from 'koa'
import { dashboardError } from '../dashboard-errors.ts'

const SAFE = ['GET', 'HEAD']

/**
 * A browser sends the password along with whatever any page asks of us, so what changes something must
 * come from a page of ours. Browsers send Sec-Fetch-Site over https and to localhost, and Origin always.
 * Source: W3C Fetch Metadata, section 2.4; Fetch, section 3.2.
 */
export const requireSameOrigin: Middleware = (ctx, next) => {
  if (!SAFE.includes(ctx.method) && !isSameOrigin(ctx)) throw dashboardError('crossSite')
  return next()
}

function isSameOrigin(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site !== '') return site === 'same-origin'
  const origin = ctx.get('Origin')
  return URL.canParse(origin) && new URL(origin).host === ctx.host
}
