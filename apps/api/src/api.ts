import { setTimeout as delay } from 'node:timers/promises'
import type { RunningProcess } from '@visage/shared/lifecycle/run-process'
import { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import { createLogger, type DestinationStream } from '@visage/shared/log/logger'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { measureProcess } from '@visage/shared/metrics/process'
import { healthRoutes } from '@visage/shared/ops/health'
import { createOpsServer, listen } from '@visage/shared/ops/server'
import { waitForRedis } from '@visage/shared/queue/redis-connection'
import { openTracing } from '@visage/shared/tracing/open-tracing'
import { createApp } from './app.ts'
import type { ApiConfig } from './config.ts'
import { createHttpServer } from './http/server.ts'
import { apiMetrics } from './metrics.ts'
import { backlogRoute } from './ops/backlog.ts'
import { openDashboard } from './ops/dashboard.ts'
import { measureQueue } from './ops/measure-queue.ts'
import { connect } from './services.ts'

/** Overrides for tests. */
export interface ApiHooks {
  /** Destination of the log; standard output by default. */
  readonly logTo?: DestinationStream
}

/** Starts the API. It starts without its dependencies: each of them can be unavailable at any time. */
export async function startApi(config: ApiConfig, hooks: ApiHooks = {}): Promise<RunningProcess> {
  const tracing = await openTracing(config.tracing)
  const settings = { name: 'api', level: config.logLevel, format: config.logFormat }
  const log = createLogger(settings, tracing.logMembers, hooks.logTo)
  const shutdown = new ShutdownSteps(log)
  shutdown.add('tracing', () => tracing.flush())
  const registry = new MetricsRegistry()
  const metrics = registry.create(apiMetrics)
  const { redis, services, dependencies } = connect(config, { log, shutdown, tracing, metrics })
  await waitForRedis(redis, config.queueTimeout)
  const { stopTimeout, stopDelay } = config
  let stopping = false

  const http = createHttpServer(createApp(config, services).callback(), slowestUploadTime(config))
  const port = await listen(http.server, config.port, config.host)
  // `/readyz` makes clients send requests. So the ops port opens after the HTTP port, and closes after it.
  measureProcess(registry, 'api', dependencies)
  measureQueue(registry, metrics, services.queue)
  const dashboard = await openDashboard(config, log, shutdown)
  const health = healthRoutes(registry, dependencies, () => stopping)
  const routes = { ...health, ...backlogRoute(services.queue) }
  const ops = createOpsServer(routes, dashboard)
  const opsPort = await listen(ops, config.opsPort, config.opsHost)
  shutdown.add('ops', () => ops.close())
  shutdown.add('http', () => {
    const stopped = http.stop()
    services.outcomeWaiters.stop()
    return stopped
  })
  shutdown.add('readiness', () => {
    stopping = true
    http.drain()
    return delay(stopDelay)
  })

  return { log, stopTimeout, ports: { http: port, ops: opsPort }, stop: () => shutdown.stop() }
}

/** Milliseconds that the largest upload takes at the minimum rate. */
function slowestUploadTime({ maxUploadBytes, minUploadRate, uploadGrace }: ApiConfig): number {
  return uploadGrace + (maxUploadBytes / minUploadRate) * 1000
}
