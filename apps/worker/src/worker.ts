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
import { sender } from './webhook/send.ts'
import { receiverFrom } from './webhook/settings.ts'

/** Overrides for tests and benchmarks. */
export interface WorkerHooks {
  readonly steps?: (steps: JobDependencies) => JobDependencies
  /** The program of the render processes. */
  readonly renderer?: URL
  /** Destination of the log; standard output by default. */
  readonly logTo?: DestinationStream
}

/** Starts a worker: the servers that it needs may come and go, and it waits for them. */
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
  const connections = connect(config, { log, shutdown, tracing, metrics })
  const setup = { recipe: recipeFrom(config), limits: limitsFrom(config) }
  const renderers = new Renderers(setup, config.renderers, metrics, hooks.renderer)
  shutdown.add('renderers', () => renderers.stop())
  const steps = jobSteps(config, connections, renderers)
  let stopping = false

  await testCodecs(steps.render, config.accept)
  measureProcess(registry, 'worker', connections.dependencies)
  measureRenderers(registry, metrics, renderers)
  const ops = createOpsServer(healthRoutes(registry, connections.dependencies, () => stopping))
  const port = await listen(ops, config.opsPort, config.opsHost)
  shutdown.add('ops', () => ops.close())

  const lock = jobLock(config.jobLock)
  const queue = { redis: connections.redis, prefix: config.queuePrefix, log, tracing, lock }
  const tasks = measuredTasks(maintenanceTasks(config, connections), metrics)
  const maintenance = runMaintenance(queue, tasks)
  shutdown.add('maintenance', () => maintenance.close())
  const observed = observeSteps(hooks.steps?.(steps) ?? steps, tracing)
  const consumer = consumeUploads(queue, uploadConcurrency(config), observed)
  shutdown.add('consumer', () => consumer.close())
  const announcer = startAnnouncer(config, queue, connections)
  shutdown.add('announcer', () => announcer?.close())
  shutdown.add('readiness', () => {
    stopping = true
  })

  return { log, stopTimeout: config.stopTimeout, ports: { ops: port }, stop: () => shutdown.stop() }
}

/** While one picture of a renderer's is fetched or published, another is rendered. */
const uploadConcurrency = ({ concurrency, renderers }: WorkerConfig) => concurrency ?? 2 * renderers

function jobSteps(
  config: WorkerConfig,
  connections: WorkerServices,
  renderers: Renderers,
): JobDependencies {
  const { originals } = connections
  return {
    ...connections,
    keepOriginal: config.keepOriginals ? (upload) => originals.keep(upload) : undefined,
    render: (bytes, framing) => renderers.render(bytes, framing),
    recipe: recipeIdOf(config),
  }
}

/** Undefined where there is no webhook. */
function startAnnouncer(
  config: WorkerConfig,
  queue: QueueAccess,
  { announcements, metrics }: WorkerServices,
) {
  const receiver = receiverFrom(config)
  if (!receiver) return undefined
  const { webhookRetryAfter: retryAfter } = config
  return consumeAnnouncements(queue, { announcements, send: sender(receiver), metrics, retryAfter })
}

function maintenanceTasks(config: WorkerConfig, connections: WorkerServices): Record<string, Task> {
  const { announcements, announcementQueue, log } = connections
  const { purgeAfter, purgeEvery, sweepAfter, sweepEvery, auditEvery } = config
  const auditing = { grace: purgeAfter, dryRun: false, recipe: recipeIdOf(config) }
  const requeue =
    announcementQueue && (() => requeueAnnouncements({ announcements, announcementQueue, log }))
  return {
    purge: { every: purgeEvery, run: () => purge(purgeAfter, connections) },
    sweep: { every: sweepEvery, run: () => sweep(sweepAfter, connections) },
    audit: { every: auditEvery, run: () => audit(auditing, connections) },
    ...(requeue && { announcements: { every: sweepEvery, run: requeue } }),
  }
}
