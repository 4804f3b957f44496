import { type Backoff, backoffDelay } from '@visage/shared/lifecycle/backoff'
import type { Logger } from '@visage/shared/log/logger'
import { isRedisAvailable, type Redis } from '@visage/shared/queue/redis-connection'
import { bullmqOptions } from '@visage/shared/queue/redis-keys'
import type { Tracing } from '@visage/shared/tracing/tracing'
import type { Job } from 'bullmq'
import { PacedWorker } from './paced-worker.ts'

/** Context that all consumers of one worker share. */
export interface QueueAccess {
  readonly redis: Redis
  readonly prefix: string
  readonly log: Logger
  readonly tracing: Tracing
  readonly lock: JobLock
}

/** Queue that a consumer reads, and the way it processes the jobs. */
export interface ConsumerOptions<Data, Name extends string> {
  readonly queue: string
  readonly concurrency: number
  readonly retry: Backoff
  /** Runs one attempt. BullMQ stores the returned text with the job, where operators can see it. */
  readonly work: (job: Job<Data, string, Name>) => Promise<string>
}

export type JobLock = ReturnType<typeof jobLock>

/**
 * Builds BullMQ's lock options for a worker that may stay silent for `seconds`. BullMQ detects a dead worker within
 * `lockDuration` + `stalledInterval`. If a job stalls more than `maxStalledCount` times, BullMQ fails it without
 * calling our code. No job reaches that value.
 */
export const jobLock = (seconds: number) => ({
  lockDuration: seconds * 1000,
  stalledInterval: seconds * 250,
  maxStalledCount: 1_000_000,
})

/** Starts to process the jobs of one queue, until `close` is called. */
export function startConsumer<Data, Name extends string>(
  { redis, prefix, log, tracing, lock }: QueueAccess,
  { queue, concurrency, retry, work }: ConsumerOptions<Data, Name>,
): { close(): Promise<void> } {
  const running = new Set<Promise<string>>()
  const track = (attempt: Promise<string>) => {
    running.add(attempt)
    const untrack = () => running.delete(attempt)
    attempt.then(untrack, untrack)
    return attempt
  }
  const worker = new PacedWorker<Data, string, Name>(queue, (job) => track(work(job)), {
    ...bullmqOptions(redis, prefix),
    concurrency,
    ...lock,
    ...tracing.queue,
    settings: { backoffStrategy: (attempt) => backoffDelay(attempt, retry) },
  })
  worker.on('error', (err) => log.debug({ err, queue }, 'Queue worker reported an error'))
  worker.on('stalled', (jobId) =>
    log.warn(
      { queue, job_id: jobId },
      'Job stalled: its worker stopped renewing the lock. Requeued.',
    ),
  )
  return {
    /**
     * Waits for the running attempts. If Redis is unavailable, BullMQ cannot complete their jobs. BullMQ delivers such
     * a job again, and the next attempt finds the recorded outcome.
     */
    async close() {
      if (await isRedisAvailable(redis, prefix)) return worker.close()
      await worker.pause(true)
      await Promise.allSettled(running)
      return worker.close(true)
    },
  }
}
