import { isRedisAvailable } from '@visage/shared/queue/redis-connection'
import { bullmqOptions } from '@visage/shared/queue/redis-keys'
import { MAINTENANCE_QUEUE } from '@visage/shared/queue/upload-job'
import { Queue } from 'bullmq'
import type { QueueAccess } from './consumer.ts'
import { PacedWorker } from './paced-worker.ts'

export interface Task {
  /** Milliseconds from one run to the next, over all workers together. */
  readonly every: number
  readonly run: () => Promise<unknown>
}

/** How often each worker looks whether the schedulers are still there, in milliseconds. */
const CHECK_INTERVAL = 5_000

/**
 * Timers that the whole cluster shares: BullMQ's job schedulers, so that each run is one worker's.
 * Redis may be emptied at any time and the schedulers with it, so every worker looks after them.
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
  const lookAfter = async () => {
    if (redis.status !== 'ready') return
    for (const [name, task] of Object.entries(tasks)) await schedule(queue, name, task)
  }
  const look = () => void lookAfter().catch((err) => log.warn({ err }, 'scheduling failed'))
  worker.on('error', (err) => log.debug({ err }, 'maintenance'))
  worker.on('failed', (job, err) =>
    log.warn({ err, task: job?.name }, 'maintenance failed; it runs again'),
  )
  queue.on('error', (err) => log.debug({ err }, 'maintenance'))
  redis.on('ready', look)
  look()
  const timer = setInterval(look, CHECK_INTERVAL)
  return {
    async close() {
      clearInterval(timer)
      redis.off('ready', look)
      const there = await isRedisAvailable(redis, prefix)
      await worker.close(!there)
      if (there) await queue.close()
    },
  }
}

/** A timer that is this much behind its time, in milliseconds, has lost the job that would wind it up again. */
const OVERDUE = 60_000

async function schedule(queue: Queue, name: string, { every }: Task): Promise<void> {
  const existing = await queue.getJobScheduler(name)
  const overdue = Date.now() - (existing?.next ?? 0) > every + OVERDUE
  if (existing?.every === every && !overdue) return
  const opts = { removeOnComplete: { count: 100 }, removeOnFail: { count: 100 } }
  await queue.upsertJobScheduler(name, { every }, { name, opts })
}
