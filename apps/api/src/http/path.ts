import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'

/** Undefined where there is none that can be read: a request may be for `http://[` or `*`, and Koa throws at the first. */
function pathOf(ctx: Context): string | undefined {
  try {
    return ctx.path || undefined
  } catch {
    return undefined
  }
}

export const requirePath: Middleware = (ctx, next) => {
  if (pathOf(ctx) === undefined) throw problem('notFound')
  return next()
}

/** Whether a request is about the pictures, which anybody may see. The router does not look at case either. */
export function picturePaths(prefix = ''): (ctx: Context) => boolean {
  const pictures = `${prefix}/user/avatar/`.toLowerCase()
  const { length } = pictures
  return (ctx) => pathOf(ctx)?.slice(0, length).toLowerCase() === pictures
}
