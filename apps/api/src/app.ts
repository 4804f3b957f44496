import { untraced } from '@visage/shared/tracing/tracing'
import Koa from 'koa'
import type { ApiConfig } from './config.ts'
import { accessLog } from './http/access-log.ts'
import { clientAddress } from './http/client-address.ts'
import { correlation } from './http/correlation.ts'
import { cors } from './http/cors.ts'
import { countFromZero } from './http/count-request.ts'
import { envelopeErrors } from './http/errors.ts'
import { setOutputHeaders } from './http/output-headers.ts'
import { requirePath } from './http/path.ts'
import { traceRequests } from './http/trace-requests.ts'
import { answerUnrouted } from './http/unrouted.ts'
import { createRouter } from './routes.ts'
import type { Services } from './services.ts'
import { webRouter } from './web/web.ts'

/** The Koa application: the middleware in the order in which it runs, then the routes. */
export function createApp(config: ApiConfig, services: Services): Koa {
  const routers = [createRouter(config, services), webRouter(config)]
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
  app.use(answerUnrouted)
  app.on('error', (err) => services.log.error({ err }, 'Failed to answer request'))
  return app
}
