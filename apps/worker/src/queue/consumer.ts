import { type Backoff, backoffDelay } from '@visage/shared/lifecycle/backoff'
import type { Logger } from '@visage/shared/log/logger'
import { isRedisAvailable, type Redis } from '@visage/shared/queue/redis-connection'
import { bullmqOptions } from '@visage/shared/queue/redis-keys'
import type { Tracing } from '@visage/shared/tracing/tracing'
import type { Job } from 'bullmq'
import { PacedWorker } from './paced-worker.ts'

export interface QueueAccess {
  readonly redis: Redis
  readonly prefix: string
  readonly log: Logger
  readonly tracing: Tracing
  readonly lock: JobLock
}

/** What is taken from a queue, and how. */
export interface ConsumerOptions<Data, Name extends string> {
  readonly queue: string
  readonly concurrency: number
  readonly retry: Backoff
  /** One attempt; what it returns is kept with the job, for operators to see. */
  readonly work: (job: Job<Data, string, Name>) => Promise<string>
}

export type JobLock = ReturnType<typeof jobLock>

/**
 * BullMQ's locks on the jobs of a worker that may stay silent for so long. A worker that dies is noticed within
 * lock + check. BullMQ fails a job that stalls more often than `maxStalledCount`, without any of our code
 * running, so that limit is out of reach.
 */
export const jobLock = (seconds: number) => ({
  lockDuration: seconds * 1000,
  stalledInterval: seconds * 250,
  maxStalledCount: 1_000_000,
})

/** Takes the jobs of one queue until it is closed. */
export function startConsumer<Data, Name extends string>(
  { redis, prefix, log, tracing, lock }: QueueAccess,
  { queue, concurrency, retry, work }: ConsumerOptions<Data, Name>,
): { close(): Promise<void> } {
  const running = new Set<Promise<string>>()
  const track = (attempt: Promise<string>) => {
    running.add(attempt)
    const done = () => running.delete(attempt)
    attempt.then(done, done)
    return attempt
  }
  const worker = new PacedWorker<Data, string, Name>(queue, (job) => track(work(job)), {
    ...bullmqOptions(redis, prefix),
    concurrency,
    ...lock,
    ...tracing.queue,
    settings: { backoffStrategy: (attempt) => backoffDelay(attempt, retry) },
  })
  worker.on('error', (err) => log.debug({ err }, 'queue'))
  worker.on('stalled', (job) =>
    log.warn({ queue, job }, 'a worker lost this job; it is done again'),
  )
  return {
    /** What runs is finished; without Redis to tell, its job is delivered again and finds its outcome. */
    async close() {
      if (await isRedisAvailable(redis, prefix)) return worker.close()
      await worker.pause(true)
      await Promise.allSettled(running)
      return worker.close(true)
    },
  }
}
