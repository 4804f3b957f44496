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

/** Milliseconds that one of its commands to Redis may take. */
const TIMEOUT = 5_000

/**
 * The queue dashboard, for those who run the service. On a connection of its own: whatever somebody looks
 * at there, no upload waits behind it.
 */
export async function openDashboard(
  config: ApiConfig,
  log: Logger,
  shutdown: ShutdownSteps,
): Promise<OpsMounts> {
  if (!config.dashboard) return {}
  const redis = connectRedis(config, 'producer', TIMEOUT, log)
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
  app.use(noSuchPage)
  app.on('error', (err) => log.debug({ err }, 'the queue dashboard'))
  return app.callback()
}

function routers(canWrite: boolean, queues: AllQueues, log: Logger): Router[] {
  const board = openBoard(PATH, canWrite)
  const withQueues: Middleware = async (ctx, next) => {
    ctx.state.queues = await queues.open()
    board.show(ctx.state.queues)
    return next()
  }
  const finder = new Router({ prefix: PATH })
  finder.get('/find', withQueues, jobSearch(PATH))
  finder.get('/find.css', jobSearchStyles)
  return [finder, boardRouter(board.server, { path: PATH, canWrite, withQueues, log })]
}

const setHeaders: Middleware = (ctx, next) => {
  ctx.set({ ...outputHeaders.ops, 'Content-Security-Policy': CONTENT_SECURITY_POLICY })
  return next()
}

const noSuchPage: Middleware = () => {
  throw dashboardError('noSuchPage')
}
