import type { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import type { QueueList, UploadQueue } from '@visage/shared/queue/upload-queue'
import type { ApiMetrics } from '../metrics.ts'

/** Measures the queue in the API, so that its metrics remain available when no worker runs. */
export function measureQueue(
  registry: Pick<MetricsRegistry, 'onScrape'>,
  { queueJobs, queueOldest }: Pick<ApiMetrics, 'queueJobs' | 'queueOldest'>,
  queue: Pick<UploadQueue, 'counts' | 'oldestAcceptedAt'>,
): void {
  const setCounts = (counts: Counts) => setQueueJobs(counts, queueJobs)
  const setOldest = (accepted: Date | undefined) => queueOldest.set(secondsSince(accepted))
  registry.onScrape('Counting jobs', () => queue.counts(), setCounts, queueJobs.clear)
  registry.onScrape(
    'Finding the oldest job',
    () => queue.oldestAcceptedAt(),
    setOldest,
    queueOldest.clear,
  )
}

type Counts = Readonly<Record<QueueList, number>>

function setQueueJobs(counts: Counts, queueJobs: ApiMetrics['queueJobs']): void {
  for (const [state, count] of Object.entries(counts))
    queueJobs.set({ state: state as QueueList }, count)
}

/** Never negative: the time comes from the clock of Redis, and the clock of this host can be behind it. */
function secondsSince(accepted: Date | undefined): number {
  const age = accepted ? Date.now() - accepted.getTime() : 0
  return Math.max(0, age) / 1000
}
