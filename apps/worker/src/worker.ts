import type { RunningProcess } from '@visage/shared/lifecycle/run-process'
import { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import { createLogger, type DestinationStream } from '@visage/shared/log/logger'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { measureProcess } from '@visage/shared/metrics/process'
import { healthRoutes } from '@visage/shared/ops/health'
import { createOpsServer, listen } from '@visage/shared/ops/server'
import { openTracing } from '@visage/shared/tracing/open-tracing'
import type { WorkerConfig } from './config.ts'
import { testCodecs } from './image/codec-self-test.ts'
import { limitsFrom, recipeFrom, recipeIdOf } from './image/settings.ts'
import { audit } from './maintenance/audit.ts'
import { measuredTasks } from './maintenance/measured-tasks.ts'
import { purge } from './maintenance/purge.ts'
import { sweep } from './maintenance/sweep.ts'
import { workerMetrics } from './metrics.ts'
import { consumeAnnouncements } from './queue/announcement-consumer.ts'
import { jobLock, type QueueAccess } from './queue/consumer.ts'
import { runMaintenance, type Task } from './queue/maintenance-consumer.ts'
import { consumeUploads, type JobDependencies } from './queue/upload-consumer.ts'
import { measureRenderers } from './renderer/measure-renderers.ts'
import { Renderers } from './renderer/renderers.ts'
import { connect, type WorkerServices } from './services.ts'
import { observeSteps } from './upload/observe-steps.ts'
import { requeueAnnouncements } from './webhook/requeue.ts'
import { createSender } from './webhook/send.ts'
import { receiverFrom } from './webhook/settings.ts'

/** Overrides for tests and benchmarks. */
export interface WorkerHooks {
  readonly wrapDependencies?: (dependencies: JobDependencies) => JobDependencies
  /** Program of the render processes. */
  readonly renderer?: URL
  /** Destination of the log. Default: standard output. */
  readonly logTo?: DestinationStream
}

/** Starts a worker. Postgres, Redis and the object store can be unavailable: the worker waits for them. */
export async function startWorker(
  config: WorkerConfig,
  hooks: WorkerHooks = {},
): Promise<RunningProcess> {
  const tracing = await openTracing(config.tracing)
  const settings = { name: 'worker', level: config.logLevel, format: config.logFormat }
  const log = createLogger(settings, tracing.logMembers, hooks.logTo)
  const shutdown = new ShutdownSteps(log)
  shutdown.add('tracing', () => tracing.flush())
  const registry = new MetricsRegistry()
  const metrics = registry.create(workerMetrics)
  const services = connect(config, { log, shutdown, tracing, metrics })
  const setup = { recipe: recipeFrom(config), limits: limitsFrom(config) }
  const renderers = new Renderers(setup, config.renderers, metrics, hooks.renderer)
  shutdown.add('renderers', () => renderers.stop())
  const dependencies = jobDependencies(config, services, renderers)
  let stopping = false

  await testCodecs(dependencies.render, config.accept)
  measureProcess(registry, 'worker', services.dependencies)
  measureRenderers(registry, metrics, renderers)
  const ops = createOpsServer(healthRoutes(registry, services.dependencies, () => stopping))
  const port = await listen(ops, config.opsPort, config.opsHost)
  shutdown.add('ops', () => ops.close())

  const lock = jobLock(config.jobLock)
  const access = { redis: services.redis, prefix: config.queuePrefix, log, tracing, lock }
  const tasks = measuredTasks(maintenanceTasks(config, services), metrics)
  const maintenance = runMaintenance(access, tasks)
  shutdown.add('maintenance', () => maintenance.close())
  const observed = observeSteps(hooks.wrapDependencies?.(dependencies) ?? dependencies, tracing)
  const consumer = consumeUploads(access, uploadConcurrency(config), observed)
  shutdown.add('consumer', () => consumer.close())
  const announcer = startAnnouncer(config, access, services)
  shutdown.add('announcer', () => announcer?.close())
  shutdown.add('readiness', () => {
    stopping = true
  })

  return { log, stopTimeout: config.stopTimeout, ports: { ops: port }, stop: () => shutdown.stop() }
}

/** Uploads in parallel, by default two for each renderer: one is rendered while the other is fetched or published. */
const uploadConcurrency = ({ concurrency, renderers }: WorkerConfig) => concurrency ?? 2 * renderers

function jobDependencies(
  config: WorkerConfig,
  services: WorkerServices,
  renderers: Renderers,
): JobDependencies {
  const { originals } = services
  return {
    ...services,
    keepOriginal: config.keepOriginals ? (upload) => originals.keep(upload) : undefined,
    render: (bytes, framing) => renderers.render(bytes, framing),
    recipe: recipeIdOf(config),
  }
}

/** Returns undefined if no webhook is configured. */
function startAnnouncer(
  config: WorkerConfig,
  access: QueueAccess,
  { announcements, metrics }: WorkerServices,
) {
  const receiver = receiverFrom(config)
  if (!receiver) return undefined
  const { webhookRetryAfter: retryAfter } = config
  return consumeAnnouncements(access, {
    announcements,
    send: createSender(receiver),
    metrics,
    retryAfter,
  })
}

function maintenanceTasks(config: WorkerConfig, services: WorkerServices): Record<string, Task> {
  const { announcements, announcementQueue, log } = services
  const { purgeAfter, purgeEvery, sweepAfter, sweepEvery, auditEvery } = config
  const auditOptions = { grace: purgeAfter, dryRun: false, recipe: recipeIdOf(config) }
  const requeue =
    announcementQueue && (() => requeueAnnouncements({ announcements, announcementQueue, log }))
  return {
    purge: { every: purgeEvery, run: () => purge(purgeAfter, services) },
    sweep: { every: sweepEvery, run: () => sweep(sweepAfter, services) },
    audit: { every: auditEvery, run: () => audit(auditOptions, services) },
    ...(requeue && { announcements: { every: sweepEvery, run: requeue } }),
  }
}
