import type { AppControllerRoute, HTTPMethod } from '@bull-board/api/typings/app'
import Router from '@koa/router'
import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'
import getRawBody from 'raw-body'
import { dashboardError } from '../dashboard-errors.ts'
import { boardFiles } from './files.ts'
import { boardPage } from './page.ts'
import { effectOf } from './routes.ts'
import type { BoardServer } from './server.ts'
import { shownBody } from './shown.ts'

export interface BoardOptions {
  readonly path: string
  /** Whether the queues can be steered. */
  readonly canWrite: boolean
  /** Comes before what needs the queues. */
  readonly withQueues: Middleware
  readonly log: Logger
}

/** bull-board's page, what it loads, and the routes that it asks. */
export function boardRouter(board: BoardServer, options: BoardOptions): Router {
  const router = new Router({ prefix: options.path })
  const page = boardPage(board, options.path)
  router.get([board.entry?.route ?? []].flat(), (ctx) => {
    ctx.type = 'html'
    ctx.body = page
  })
  router.get('/static/{*file}', boardFiles(board.filesFolder))
  for (const { method, route, handler } of board.routes.flatMap(everyWay))
    router[method](route, permit(method, route, options), options.withQueues, ask(board, handler))
  return router
}

/** A route of bull-board's may have several methods, and several paths. */
function everyWay({ method, route, handler }: AppControllerRoute) {
  const paths = [route].flat()
  return [method]
    .flat()
    .flatMap((one) => paths.map((path) => ({ method: one, route: path, handler })))
}

/** Decides before a byte of the request's body is read, and notes what is done to the queues. */
function permit(method: HTTPMethod, route: string, { canWrite, log }: BoardOptions): Middleware {
  const effect = effectOf(method, route)
  return (ctx, next) => {
    if (effect === 'shows') return next()
    if (effect === undefined || !canWrite)
      throw dashboardError(canWrite ? 'notOffered' : 'readOnly')
    log.info({ method, path: ctx.path }, 'the queues are steered by hand')
    return next()
  }
}

function ask(
  { queues, uiConfig }: BoardServer,
  handler: AppControllerRoute['handler'],
): Middleware {
  return async (ctx) => {
    const headers = ctx.headers as Record<string, string>
    const { params, query } = ctx
    const body = await readJson(ctx)
    const result = await handler({ queues, uiConfig, params, query, body, headers })
    ctx.status = result.status ?? 200
    ctx.body = shownBody(result.body)
  }
}

const MOST = 64 * 1024

async function readJson(ctx: Context): Promise<Record<string, unknown>> {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return {}
  try {
    return JSON.parse((await getRawBody(ctx.req, { limit: MOST, encoding: 'utf8' })) || '{}')
  } catch {
    throw dashboardError('badBody')
  }
}
