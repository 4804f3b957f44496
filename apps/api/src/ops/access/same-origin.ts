import type { Context, Middleware } from 'koa'
import { dashboardError } from '../dashboard-errors.ts'

const SAFE_METHODS = ['GET', 'HEAD']

/**
 * Prevents cross-site request forgery. A browser adds the password to requests that any page sends here, so a request
 * with an unsafe method must come from this origin. Browsers send Sec-Fetch-Site over https and to localhost. They
 * always send Origin.
 * Source: W3C Fetch Metadata, section 2.4; Fetch, section 3.2.
 */
export const requireSameOrigin: Middleware = (ctx, next) => {
  if (!SAFE_METHODS.includes(ctx.method) && !isSameOrigin(ctx)) throw dashboardError('crossSite')
  return next()
}

function isSameOrigin(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site !== '') return site === 'same-origin'
  const origin = ctx.get('Origin')
  return URL.canParse(origin) && new URL(origin).host === ctx.host
}
