import type { Context } from 'koa'

/** To where the picture is. Conditions do not apply to an answer that is no success (RFC 9110, section 13.2.1). */
export function redirect(ctx: Context, location: string, cacheControl: string): void {
  ctx.set({ Location: location, 'Cache-Control': cacheControl })
  ctx.status = 302
  ctx.body = ''
}
