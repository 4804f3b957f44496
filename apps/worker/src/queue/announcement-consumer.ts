import type { Revision } from '@visage/shared/avatar/revision'
import type { Logger } from '@visage/shared/log/logger'
import { ANNOUNCEMENT_QUEUE } from '@visage/shared/queue/announcement-queue'
import type { WorkerMetrics } from '../metrics.ts'
import { type AnnounceDependencies, announce, WebhookRefusedError } from '../webhook/announce.ts'
import { type QueueAccess, startConsumer } from './consumer.ts'

/** Milliseconds. A receiver that was unavailable for a day is told within the cap. */
const CAP = 600_000

/** By each worker. One that does not answer costs no more than these, and no upload waits for them. */
const AT_ONCE = 4

interface AnnouncerParts extends AnnounceDependencies {
  readonly metrics: Pick<WorkerMetrics, 'announcements'>
  /** Milliseconds from a failed delivery to the second one. */
  readonly retryAfter: number
}

/** Takes announcements from a queue of their own. */
export function consumeAnnouncements(
  access: QueueAccess,
  parts: AnnouncerParts,
): { close(): Promise<void> } {
  return startConsumer<object, 'announce'>(access, {
    queue: ANNOUNCEMENT_QUEUE,
    concurrency: AT_ONCE,
    retry: { base: parts.retryAfter, cap: CAP },
    work: ({ id, attemptsMade }) => {
      const log = access.log.child({ revision: id, attempt: attemptsMade + 1 })
      return work(id as Revision, parts, log)
    },
  })
}

/** One line for each attempt. */
async function work(revision: Revision, parts: AnnouncerParts, log: Logger): Promise<string> {
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  try {
    const outcome = await announce(revision, parts)
    log.info({ outcome, ms: ms() }, 'announcement')
    if (outcome === 'delivered') parts.metrics.announcements.inc({ outcome })
    return outcome
  } catch (err) {
    log.warn({ err, ms: ms() }, 'announcement failed; it is tried again')
    parts.metrics.announcements.inc({
      outcome: err instanceof WebhookRefusedError ? 'refused' : 'failed',
    })
    throw err
  }
}
