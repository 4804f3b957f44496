import { isRedisAvailable } from '@visage/shared/queue/redis-connection'
import { bullmqOptions } from '@visage/shared/queue/redis-keys'
import { MAINTENANCE_QUEUE } from '@visage/shared/queue/upload-job'
import { Queue } from 'bullmq'
import type { QueueAccess } from './consumer.ts'
import { PacedWorker } from './paced-worker.ts'

/** Maintenance task that runs at a fixed interval. */
export interface Task {
  /** Milliseconds between the starts of two runs, counted over all workers. */
  readonly every: number
  readonly run: () => Promise<unknown>
}

/** Interval, in milliseconds, at which each worker checks that the schedulers exist. */
const CHECK_INTERVAL = 5_000

/**
 * Runs tasks on timers that the whole cluster shares. The timers are BullMQ's job schedulers, so exactly one worker
 * executes each run. Redis can lose its data, and the schedulers with it, at any time. Therefore every worker creates
 * missing schedulers again.
 */
export function runMaintenance(
  { redis, prefix, log, lock }: QueueAccess,
  tasks: Readonly<Record<string, Task>>,
): { close(): Promise<void> } {
  const options = bullmqOptions(redis, prefix)
  const queue = new Queue(MAINTENANCE_QUEUE, options)
  const worker = new PacedWorker(MAINTENANCE_QUEUE, async (job) => tasks[job.name]?.run(), {
    ...options,
    ...lock,
  })
  const scheduleAll = async () => {
    if (redis.status !== 'ready') return
    for (const [name, task] of Object.entries(tasks)) await schedule(queue, name, task)
  }
  const checkSchedulers = () =>
    void scheduleAll().catch((err) =>
      log.warn({ err }, 'Failed to schedule maintenance tasks; retrying'),
    )
  worker.on('error', (err) => log.debug({ err }, 'Maintenance worker reported an error'))
  worker.on('failed', (job, err) =>
    log.warn({ err, task: job?.name }, 'Maintenance task failed; retrying at its next run'),
  )
  queue.on('error', (err) => log.debug({ err }, 'Maintenance queue reported an error'))
  redis.on('ready', checkSchedulers)
  checkSchedulers()
  const timer = setInterval(checkSchedulers, CHECK_INTERVAL)
  return {
    async close() {
      clearInterval(timer)
      redis.off('ready', checkSchedulers)
      const redisAvailable = await isRedisAvailable(redis, prefix)
      await worker.close(!redisAvailable)
      if (redisAvailable) await queue.close()
    },
  }
}

/** Delay, in milliseconds, after which an overdue scheduler counts as broken: it has lost the job of its next run. */
const MAX_DELAY = 60_000

/** Creates or replaces the scheduler of a task if it is missing, is overdue or has another interval. */
async function schedule(queue: Queue, name: string, { every }: Task): Promise<void> {
  const existing = await queue.getJobScheduler(name)
  const overdue = Date.now() - (existing?.next ?? 0) > every + MAX_DELAY
  if (existing?.every === every && !overdue) return
  const opts = { removeOnComplete: { count: 100 }, removeOnFail: { count: 100 } }
  await queue.upsertJobScheduler(name, { every }, { name, opts })
}
