import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'

/** Returns undefined if the request target has no readable path, such as `http://[` (for which Koa throws) or `*`. */
function pathOf(ctx: Context): string | undefined {
  try {
    return ctx.path || undefined
  } catch {
    return undefined
  }
}

/** Answers 404 if the request target has no readable path. */
export const requirePath: Middleware = (ctx, next) => {
  if (pathOf(ctx) === undefined) throw problem('notFound')
  return next()
}

/** Returns a predicate for requests to the public picture routes. Ignores case, as the router does. */
export function matchPicturePaths(prefix = ''): (ctx: Context) => boolean {
  const pictures = `${prefix}/user/avatar/`.toLowerCase()
  const { length } = pictures
  return (ctx) => pathOf(ctx)?.slice(0, length).toLowerCase() === pictures
}
