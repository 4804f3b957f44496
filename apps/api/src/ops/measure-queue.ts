import type { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import type { QueueList, UploadQueue } from '@visage/shared/queue/upload-queue'
import type { ApiMetrics } from '../metrics.ts'

/** The queue is told of by the API, so that it is heard of when all workers are gone. */
export function measureQueue(
  registry: Pick<MetricsRegistry, 'onScrape'>,
  { queueJobs, queueOldest }: Pick<ApiMetrics, 'queueJobs' | 'queueOldest'>,
  queue: Pick<UploadQueue, 'counts' | 'oldestAcceptedAt'>,
): void {
  const showCounts = (counts: Counts) => show(counts, queueJobs)
  const showOldest = (accepted: Date | undefined) => queueOldest.set(secondsSince(accepted))
  registry.onScrape('counting jobs', () => queue.counts(), showCounts, queueJobs.forget)
  registry.onScrape(
    'the oldest job',
    () => queue.oldestAcceptedAt(),
    showOldest,
    queueOldest.forget,
  )
}

type Counts = Readonly<Record<QueueList, number>>

function show(counts: Counts, queueJobs: ApiMetrics['queueJobs']): void {
  for (const [state, count] of Object.entries(counts))
    queueJobs.set({ state: state as QueueList }, count)
}

/** Redis's clock gave the time, and this host's may be behind it. */
function secondsSince(accepted: Date | undefined): number {
  const age = accepted ? Date.now() - accepted.getTime() : 0
  return Math.max(0, age) / 1000
}
