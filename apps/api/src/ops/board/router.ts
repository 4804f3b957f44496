import type { AppControllerRoute, HTTPMethod } from '@bull-board/api/typings/app'
import Router from '@koa/router'
import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'
import getRawBody from 'raw-body'
import { dashboardError } from '../dashboard-errors.ts'
import { boardFiles } from './files.ts'
import { boardPage } from './page.ts'
import { redactBody } from './redact-body.ts'
import { requiredAccess } from './routes.ts'
import type { BoardServer } from './server.ts'

export interface BoardOptions {
  readonly path: string
  /** Whether the dashboard can change the queues. */
  readonly canWrite: boolean
  /** Runs before each handler that needs the queues. */
  readonly openQueues: Middleware
  readonly log: Logger
}

/** Serves bull-board's page, its static files and its API. */
export function boardRouter(board: BoardServer, options: BoardOptions): Router {
  const router = new Router({ prefix: options.path })
  const page = boardPage(board, options.path)
  router.get([board.entry?.route ?? []].flat(), (ctx) => {
    ctx.type = 'html'
    ctx.body = page
  })
  router.get('/static/{*file}', boardFiles(board.filesFolder))
  for (const { method, route, handler } of board.routes.flatMap(expandRoute))
    router[method](
      route,
      requireRouteAccess(method, route, options),
      options.openQueues,
      callBoard(board, handler),
    )
  return router
}

/** Lists each combination of the methods and paths of a route. */
function expandRoute({ method, route, handler }: AppControllerRoute) {
  const paths = [route].flat()
  return [method]
    .flat()
    .flatMap((verb) => paths.map((path) => ({ method: verb, route: path, handler })))
}

/** Checks access before the request's body is read, and logs each request that changes the queues. */
function requireRouteAccess(
  method: HTTPMethod,
  route: string,
  { canWrite, log }: BoardOptions,
): Middleware {
  const access = requiredAccess(method, route)
  return (ctx, next) => {
    if (access === 'read') return next()
    if (access === undefined || !canWrite)
      throw dashboardError(canWrite ? 'unsupportedAction' : 'readOnly')
    log.info({ method, path: ctx.path }, 'Operator requested queue change')
    return next()
  }
}

function callBoard(
  { queues, uiConfig }: BoardServer,
  handler: AppControllerRoute['handler'],
): Middleware {
  return async (ctx) => {
    const headers = ctx.headers as Record<string, string>
    const { params, query } = ctx
    const body = await readJson(ctx)
    const result = await handler({ queues, uiConfig, params, query, body, headers })
    ctx.status = result.status ?? 200
    ctx.body = redactBody(result.body)
  }
}

/** Bytes. */
const MAX_BODY_BYTES = 64 * 1024

async function readJson(ctx: Context): Promise<Record<string, unknown>> {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return {}
  try {
    return JSON.parse(
      (await getRawBody(ctx.req, { limit: MAX_BODY_BYTES, encoding: 'utf8' })) || '{}',
    )
  } catch {
    throw dashboardError('badBody')
  }
}
