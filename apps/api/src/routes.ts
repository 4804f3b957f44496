import Router from '@koa/router'
import type { Middleware } from 'koa'
import { type Access, accessMiddleware } from './auth/access.ts'
import { deleteAvatar } from './avatars/delete-avatar.ts'
import { getAvatar } from './avatars/get-avatar.ts'
import { getOwnAvatar } from './avatars/get-own-avatar.ts'
import { getVariant } from './avatars/get-variant.ts'
import type { ApiConfig } from './config.ts'
import { markImageRoute } from './http/errors.ts'
import { getReceipt } from './receipts/get-receipt.ts'
import { getUploadEvents } from './receipts/get-upload-events.ts'
import { waitForPending } from './receipts/wait-for-pending.ts'
import type { Services } from './services.ts'
import { putAvatar } from './uploads/put-avatar.ts'

type Method = 'get' | 'put' | 'delete'

/** Builds the handlers of a route, in the order in which they run. */
type Handlers = (config: ApiConfig, services: Services) => Middleware[]

type Route = readonly [method: Method, path: string, access: Access, handlers: Handlers]

/**
 * The routes of the API, below API_PREFIX. The router tries them in this order. The picture routes are first because
 * they receive the most requests.
 */
const routes: readonly Route[] = [
  [
    'get',
    '/user/avatar/:id',
    'public',
    (c, s) => [markImageRoute, waitForPending(s), getAvatar(c, s)],
  ],
  [
    'get',
    '/user/avatar/:id/:revision/:file',
    'public',
    (c, s) => [markImageRoute, getVariant(c, s)],
  ],
  ['put', '/user/setting/avatar', 'change', (c, s) => [putAvatar(c, s)]],
  ['delete', '/user/setting/avatar', 'change', (_, s) => [deleteAvatar(s)]],
  ['get', '/user/setting/avatar', 'read', (c, s) => [getOwnAvatar(c, s)]],
  ['get', '/user/setting/avatar/uploads/:id', 'read', (_, s) => [getReceipt(s)]],
  ['get', '/user/setting/avatar/uploads/:id/events', 'read', (c, s) => [getUploadEvents(c, s)]],
]

export function createRouter(config: ApiConfig, services: Services): Router {
  const { apiPrefix } = config
  const router = new Router(apiPrefix === undefined ? {} : { prefix: apiPrefix })
  const access = accessMiddleware(config, services)
  for (const [method, path, level, handlers] of routes)
    router[method](path, ...access[level], ...handlers(config, services))
  return router
}
