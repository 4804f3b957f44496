import type { Revision } from '@visage/shared/avatar/revision'
import type { Logger } from '@visage/shared/log/logger'
import { ANNOUNCEMENT_QUEUE } from '@visage/shared/queue/announcement-queue'
import type { WorkerMetrics } from '../metrics.ts'
import { type AnnounceDependencies, announce, WebhookRefusedError } from '../webhook/announce.ts'
import { type QueueAccess, startConsumer } from './consumer.ts'

/**
 * Maximum delay between two attempts, in milliseconds. A receiver that was unavailable for a day gets its announcements
 * within this delay after it is back.
 */
const MAX_RETRY_DELAY = 600_000

/** Deliveries that one worker sends in parallel. A receiver that does not answer delays only these, and no uploads. */
const CONCURRENCY = 4

interface AnnouncerDependencies extends AnnounceDependencies {
  readonly metrics: Pick<WorkerMetrics, 'announcements'>
  /** Milliseconds between the first failed delivery and the second attempt. */
  readonly retryAfter: number
}

/** Starts to deliver the announcements of the announcement queue. */
export function consumeAnnouncements(
  access: QueueAccess,
  dependencies: AnnouncerDependencies,
): { close(): Promise<void> } {
  return startConsumer<object, 'announce'>(access, {
    queue: ANNOUNCEMENT_QUEUE,
    concurrency: CONCURRENCY,
    retry: { base: dependencies.retryAfter, cap: MAX_RETRY_DELAY },
    work: ({ id, attemptsMade }) => {
      const log = access.log.child({ revision: id, attempt: attemptsMade + 1 })
      return attemptDelivery(id as Revision, dependencies, log)
    },
  })
}

/** Attempts one delivery and writes one log line. */
async function attemptDelivery(
  revision: Revision,
  dependencies: AnnouncerDependencies,
  log: Logger,
): Promise<string> {
  const { announcements } = dependencies.metrics
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  try {
    const outcome = await announce(revision, dependencies)
    log.info({ outcome, ms: ms() }, 'Processed announcement')
    if (outcome === 'delivered') announcements.inc({ outcome })
    return outcome
  } catch (err) {
    log.warn({ err, ms: ms() }, 'Failed to deliver announcement; retrying')
    announcements.inc({ outcome: err instanceof WebhookRefusedError ? 'refused' : 'failed' })
    throw err
  }
}
