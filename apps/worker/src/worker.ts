import { Closers } from '@visage/shared/lifecycle/closers'
import type { Running } from '@visage/shared/lifecycle/run-process'
import { createLogger, type DestinationStream } from '@visage/shared/log/logger'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { measureProcess } from '@visage/shared/metrics/process'
import { healthRoutes } from '@visage/shared/ops/health'
import { createOpsServer, listen } from '@visage/shared/ops/server'
import { openTracing } from '@visage/shared/tracing/tracing'
import type { WorkerConfig } from './config.ts'
import { singCanaries } from './image/codec-self-test.ts'
import { limitsFrom, recipeFrom, recipeIdOf } from './image/settings.ts'
import { audit } from './maintenance/audit.ts'
import { measuredTasks } from './maintenance/measured-tasks.ts'
import { purge } from './maintenance/purge.ts'
import { sweep } from './maintenance/sweep.ts'
import { workerMetrics } from './metrics.ts'
import { consumeAnnouncements } from './queue/announcement-consumer.ts'
import { lockFor, type QueueAccess } from './queue/consumer.ts'
import { runMaintenance, type Task } from './queue/maintenance-consumer.ts'
import { consumeUploads, type JobSteps } from './queue/upload-consumer.ts'
import { measureRenderers } from './renderer/measure-renderers.ts'
import { Renderers } from './renderer/renderers.ts'
import { type Connections, connect } from './services.ts'
import { timedSteps } from './upload/timed-steps.ts'
import { tracedSteps } from './upload/traced-steps.ts'
import { requeueAnnouncements } from './webhook/requeue.ts'
import { sender } from './webhook/send.ts'
import { receiverFrom } from './webhook/settings.ts'

/** Overrides for tests and benchmarks. */
export interface Hooks {
  readonly steps?: (steps: JobSteps) => JobSteps
  /** The program of the render processes. */
  readonly renderer?: URL
  /** Destination of the log; standard output by default. */
  readonly logTo?: DestinationStream
}

/** Starts a worker: the servers that it needs may come and go, and it waits for them. */
export async function startWorker(config: WorkerConfig, hooks: Hooks = {}): Promise<Running> {
  const tracing = await openTracing(config.tracing)
  const settings = { name: 'worker', level: config.logLevel, format: config.logFormat }
  const log = createLogger(settings, tracing.logMembers, hooks.logTo)
  const closers = new Closers(log)
  closers.add('tracing', () => tracing.flush())
  const registry = new MetricsRegistry()
  const metrics = registry.create(workerMetrics)
  const connections = connect(config, { log, closers, tracing, metrics })
  const setup = { recipe: recipeFrom(config), limits: limitsFrom(config) }
  const renderers = new Renderers(setup, config.renderers, metrics, hooks.renderer)
  closers.add('renderers', () => renderers.stop())
  const steps = jobSteps(config, connections, renderers)
  let stopping = false

  await singCanaries(steps.render, config.accept)
  measureProcess(registry, 'worker', connections.parts)
  measureRenderers(registry, metrics, renderers)
  const ops = createOpsServer(healthRoutes(registry, connections.parts, () => stopping))
  const port = await listen(ops, config.opsPort, config.opsHost)
  closers.add('ops', () => ops.close())

  const lock = lockFor(config.jobLock)
  const queue = { redis: connections.redis, prefix: config.queuePrefix, log, tracing, lock }
  const tasks = measuredTasks(maintenanceTasks(config, connections), metrics)
  const maintenance = runMaintenance(queue, tasks)
  closers.add('maintenance', () => maintenance.close())
  const watched = tracedSteps(timedSteps(hooks.steps?.(steps) ?? steps), tracing)
  const consumer = consumeUploads(queue, inHand(config), watched)
  closers.add('consumer', () => consumer.close())
  const announcer = startAnnouncer(config, queue, connections)
  closers.add('announcer', () => announcer?.close())
  closers.add('readiness', () => {
    stopping = true
  })

  return { log, stopTimeout: config.stopTimeout, ports: { ops: port }, stop: () => closers.stop() }
}

/** While one picture of a renderer's is fetched or published, another is rendered. */
const inHand = ({ concurrency, renderers }: WorkerConfig) => concurrency ?? 2 * renderers

function jobSteps(config: WorkerConfig, connections: Connections, renderers: Renderers): JobSteps {
  const { originals } = connections
  return {
    ...connections,
    keep: async (upload) => (config.keepOriginals ? originals.keep(upload) : undefined),
    render: (bytes, framing) => renderers.render(bytes, framing),
    recipe: recipeIdOf(config),
  }
}

/** Undefined where there is no webhook. */
function startAnnouncer(
  config: WorkerConfig,
  queue: QueueAccess,
  { announcements, metrics }: Connections,
) {
  const receiver = receiverFrom(config)
  if (!receiver) return undefined
  const { webhookRetryAfter: retryAfter } = config
  return consumeAnnouncements(queue, { announcements, send: sender(receiver), metrics, retryAfter })
}

function maintenanceTasks(config: WorkerConfig, connections: Connections): Record<string, Task> {
  const { announcements, hints, log } = connections
  const { purgeAfter, purgeEvery, sweepAfter, sweepEvery, auditEvery } = config
  const auditing = { grace: purgeAfter, dryRun: false, recipe: recipeIdOf(config) }
  const requeue = hints && (() => requeueAnnouncements({ announcements, hints, log }))
  return {
    purge: { every: purgeEvery, run: () => purge(purgeAfter, connections) },
    sweep: { every: sweepEvery, run: () => sweep(sweepAfter, connections) },
    audit: { every: auditEvery, run: () => audit(auditing, connections) },
    ...(requeue && { announcements: { every: sweepEvery, run: requeue } }),
  }
}
