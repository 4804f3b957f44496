import type { Context } from 'koa'

/**
 * Redirects to a picture. Conditional headers do not apply to a response without a success status (RFC 9110,
 * section 13.2.1).
 */
export function redirect(ctx: Context, location: string, cacheControl: string): void {
  ctx.set({ Location: location, 'Cache-Control': cacheControl })
  ctx.status = 302
  ctx.body = ''
}
