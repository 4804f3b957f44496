import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import type { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import type { Logger } from '@visage/shared/log/logger'
import type { OpsMounts } from '@visage/shared/ops/server'
import { outputHeaders } from '@visage/shared/output-headers'
import { AllQueues } from '@visage/shared/queue/all-queues'
import { connectRedis, waitForRedis } from '@visage/shared/queue/redis-connection'
import Koa, { type Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import { requireAccess } from './access/credentials.ts'
import { requireSameOrigin } from './access/same-origin.ts'
import { openBoard } from './board/board.ts'
import { boardRouter } from './board/router.ts'
import { CONTENT_SECURITY_POLICY } from './content-security-policy.ts'
import { answerDashboardErrors, dashboardError } from './dashboard-errors.ts'
import { jobSearch, jobSearchStyles } from './job-search/search.ts'

const PATH = '/queues'

/** Milliseconds for one Redis command of the dashboard. */
const COMMAND_TIMEOUT = 5_000

/**
 * Opens the queue dashboard for operators. It has a Redis connection of its own, so that no upload waits behind a read
 * of the dashboard.
 */
export async function openDashboard(
  config: ApiConfig,
  log: Logger,
  shutdown: ShutdownSteps,
): Promise<OpsMounts> {
  if (!config.dashboard) return {}
  const redis = connectRedis(config, 'producer', COMMAND_TIMEOUT, log)
  const queues = new AllQueues({ redis, prefix: config.queuePrefix, log })
  shutdown.add('dashboard', async () => {
    await queues.close()
    redis.disconnect()
  })
  await waitForRedis(redis, config.queueTimeout)
  return { [PATH]: createDashboard(config, queues, log) }
}

function createDashboard(config: ApiConfig, queues: AllQueues, log: Logger): RequestListener {
  const app = new Koa()
  app.use(setHeaders)
  app.use(answerDashboardErrors(() => queues.areUnavailable(), log))
  app.use(requireAccess(config))
  app.use(requireSameOrigin)
  for (const router of routers(config.opsWrite, queues, log)) app.use(router.routes())
  app.use(answerNotFound)
  app.on('error', (err) => log.debug({ err }, 'Failed to send dashboard response'))
  return app.callback()
}

function routers(canWrite: boolean, queues: AllQueues, log: Logger): Router[] {
  const board = openBoard(PATH, canWrite)
  const openQueues: Middleware = async (ctx, next) => {
    ctx.state.queues = await queues.open()
    board.show(ctx.state.queues)
    return next()
  }
  const search = new Router({ prefix: PATH })
  search.get('/find', openQueues, jobSearch(PATH))
  search.get('/find.css', jobSearchStyles)
  return [search, boardRouter(board.server, { path: PATH, canWrite, openQueues, log })]
}

const setHeaders: Middleware = (ctx, next) => {
  ctx.set({ ...outputHeaders.ops, 'Content-Security-Policy': CONTENT_SECURITY_POLICY })
  return next()
}

const answerNotFound: Middleware = () => {
  throw dashboardError('pageNotFound')
}
