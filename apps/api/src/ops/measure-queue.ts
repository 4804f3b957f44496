import { onScrape } from '@visage/shared/metrics/scrape'
import type { QueueState, UploadQueue } from '@visage/shared/queue/upload-queue'
import { metrics } from '../metrics.ts'

const { queueJobs, queueOldest } = metrics

/** The queue is told of by the API, so that it is heard of when all workers are gone. */
export function measureQueue(queue: Pick<UploadQueue, 'counts' | 'oldest'>): void {
  onScrape('counting jobs', () => queue.counts(), showCounts, queueJobs.forget)
  onScrape('the oldest job', () => queue.oldest(), showOldest, queueOldest.forget)
}

function showCounts(counts: Readonly<Record<QueueState, number>>): void {
  for (const [state, count] of Object.entries(counts))
    queueJobs.set({ state: state as QueueState }, count)
}

/** Redis's clock gave the time, and this host's may be behind it. */
function showOldest(accepted: Date | undefined): void {
  const age = accepted ? Date.now() - accepted.getTime() : 0
  queueOldest.set(Math.max(0, age) / 1000)
}
