import Router from '@koa/router'
import type { Avatars } from '@visage/shared/db/avatars'
import type { Purges } from '@visage/shared/db/purges'
import type { Uploads } from '@visage/shared/db/uploads'
import type { Logger } from '@visage/shared/log/logger'
import type { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'
import type { RevisionClock } from '@visage/shared/queue/revision-clock'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import { type Tracing, untraced } from '@visage/shared/tracing/tracing'
import Koa from 'koa'
import { authenticate } from './auth/authenticate.ts'
import { tokenVerifier } from './auth/verify-token.ts'
import { deleteAvatar } from './avatars/delete-avatar.ts'
import { getAvatar } from './avatars/get-avatar.ts'
import { getSettings } from './avatars/get-own-avatar.ts'
import { getVariant } from './avatars/get-variant.ts'
import type { ApiConfig } from './config.ts'
import { accessLog } from './http/access-log.ts'
import { clientAddress } from './http/client-address.ts'
import { correlation } from './http/correlation.ts'
import { cors } from './http/cors.ts'
import { countFromZero } from './http/count-request.ts'
import { envelopeErrors, imageErrors } from './http/errors.ts'
import { setOutputHeaders } from './http/output-headers.ts'
import { requirePath } from './http/path.ts'
import { traceRequests } from './http/trace-requests.ts'
import { unrouted } from './http/unrouted.ts'
import type { ApiMetrics } from './metrics.ts'
import type { Limiters } from './rate-limit/limiter.ts'
import { limitStrangers, limitUploads } from './rate-limit/middleware.ts'
import { getReceipt } from './receipts/get-receipt.ts'
import { getEvents } from './receipts/get-upload-events.ts'
import type { Listeners } from './receipts/outcome-waiters.ts'
import type { Line } from './receipts/queue-positions.ts'
import { awaitPending } from './receipts/wait-for-pending.ts'
import { putAvatar } from './uploads/put-avatar.ts'
import { webRouter } from './web/web.ts'

/** The servers behind the API, in our words. */
export interface Services {
  readonly log: Logger
  readonly metrics: ApiMetrics
  readonly tracing: Tracing
  readonly store: ObjectStore
  readonly raw: RawObjects
  readonly queue: UploadQueue
  /** Undefined where there is no webhook. */
  readonly hints: AnnouncementQueue | undefined
  readonly clock: RevisionClock
  readonly avatars: Avatars
  readonly uploads: Uploads
  readonly purges: Purges
  readonly limiters: Limiters
  readonly listeners: Listeners
  readonly line: Line
}

/** The pictures first: they are asked for more often than all the rest, and looked for among few. */
export function createRouters(config: ApiConfig, services: Services): Router[] {
  return [pictureRouter(config, services), settingRouter(config, services)]
}

const routerOf = ({ apiPrefix }: ApiConfig) =>
  new Router(apiPrefix === undefined ? {} : { prefix: apiPrefix })

function pictureRouter(config: ApiConfig, services: Services): Router {
  const router = routerOf(config)
  router.get('/user/avatar/:id', imageErrors, awaitPending(services), getAvatar(config, services))
  router.get('/user/avatar/:id/:revision/:file', imageErrors, getVariant(config, services))
  return router
}

function settingRouter(config: ApiConfig, services: Services): Router {
  const router = routerOf(config)
  const verify = tokenVerifier(config, services.log)
  const strangers = limitStrangers(services.limiters.strangers)
  const reads = authenticate(verify, 'UserInfo.Read')
  const writes = authenticate(verify, 'UserInfo.Write')
  const often = limitUploads(services.limiters.uploads)

  router.put('/user/setting/avatar', strangers, writes, often, putAvatar(config, services))
  router.delete('/user/setting/avatar', strangers, writes, often, deleteAvatar(services))
  router.get('/user/setting/avatar', strangers, reads, getSettings(config, services))
  router.get('/user/setting/avatar/uploads/:id', strangers, reads, getReceipt(services))
  router.get(
    '/user/setting/avatar/uploads/:id/events',
    strangers,
    reads,
    getEvents(config, services),
  )
  return router
}

export function createApp(config: ApiConfig, services: Services): Koa {
  const routers = [...createRouters(config, services), webRouter(config)]
  countFromZero(routers, services.metrics)
  const app = new Koa()
  app.use(clientAddress(config.trustedProxies))
  app.use(setOutputHeaders(config.apiPrefix))
  app.use(correlation(services.log))
  if (services.tracing !== untraced) app.use(traceRequests(services.tracing))
  app.use(accessLog(services.metrics))
  if (config.corsOrigins.length > 0) app.use(cors(config.corsOrigins, config.apiPrefix))
  app.use(envelopeErrors(config))
  app.use(requirePath)
  for (const router of routers) app.use(router.routes())
  app.use(unrouted)
  app.on('error', (err) => services.log.error({ err }, 'answering failed'))
  return app
}
