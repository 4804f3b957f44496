import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import type { Closers } from '@visage/shared/lifecycle/closers'
import type { Logger } from '@visage/shared/log/logger'
import type { OpsMounts } from '@visage/shared/ops/server'
import { outputHeaders } from '@visage/shared/output-headers'
import { AllQueues } from '@visage/shared/queue/all-queues'
import { connectRedis, firstContact } from '@visage/shared/queue/redis-connection'
import Koa, { type Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import { requireAccess } from './access/credentials.ts'
import { requireSameOrigin } from './access/same-origin.ts'
import { openBoard } from './board/board.ts'
import { boardRouter } from './board/router.ts'
import { POLICY } from './content-security-policy.ts'
import { refusal, sayRefusals } from './dashboard-errors.ts'
import { find, findStyles } from './job-search/search.ts'

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
  closers: Closers,
): Promise<OpsMounts> {
  if (!config.dashboard) return {}
  const redis = connectRedis(config, 'producer', TIMEOUT, log)
  const queues = new AllQueues({ redis, prefix: config.queuePrefix, log })
  closers.add('dashboard', async () => {
    await queues.close()
    redis.disconnect()
  })
  await firstContact(redis, config.queueTimeout)
  return { [PATH]: createDashboard(config, queues, log) }
}

function createDashboard(config: ApiConfig, queues: AllQueues, log: Logger): RequestListener {
  const app = new Koa()
  app.use(setHeaders)
  app.use(sayRefusals(() => queues.areAway(), log))
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
  finder.get('/find', withQueues, find(PATH))
  finder.get('/find.css', findStyles)
  return [finder, boardRouter(board.server, { path: PATH, canWrite, withQueues, log })]
}

const setHeaders: Middleware = (ctx, next) => {
  ctx.set({ ...outputHeaders.ops, 'Content-Security-Policy': POLICY })
  return next()
}

const noSuchPage: Middleware = () => {
  throw refusal('noSuchPage')
}
