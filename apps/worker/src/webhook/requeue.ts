import type { Announcements } from '@visage/shared/db/announcements'
import type { Logger } from '@visage/shared/log/logger'
import type { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'

export interface RequeueDependencies {
  readonly announcements: Pick<Announcements, 'count' | 'pending'>
  readonly announcementQueue: Pick<AnnouncementQueue, 'count' | 'add'>
  readonly log: Logger
}

/**
 * Adds missing jobs, so that every announcement has one. The counts of announcements and jobs are compared first. So a
 * receiver that is unavailable for long costs only two counts a run. A job without an announcement can hide a missing
 * job. Such a job completes by itself, and the next run then finds the missing one.
 */
export async function requeueAnnouncements({
  announcements,
  announcementQueue,
  log,
}: RequeueDependencies): Promise<void> {
  const missing = (await announcements.count()) - (await announcementQueue.count())
  if (missing <= 0) return
  log.info({ missing }, 'Found announcements without a job; requeueing')
  for await (const page of announcements.pending()) await announcementQueue.add(page)
}
