import type { Announcements } from '@visage/shared/db/announcements'
import type { Logger } from '@visage/shared/log/logger'
import type { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'

export interface RequeueDependencies {
  readonly announcements: Pick<Announcements, 'count' | 'pending'>
  readonly announcementQueue: Pick<AnnouncementQueue, 'count' | 'add'>
  readonly log: Logger
}

/**
 * Makes sure that every announcement has a job. Where there are as many jobs as announcements none can be
 * missing, but for one whose place a job takes that finds nothing to deliver: that ends by itself, and the
 * next run sees to the rest. So a receiver that is away for long costs two counts a run.
 */
export async function requeueAnnouncements({
  announcements,
  announcementQueue,
  log,
}: RequeueDependencies): Promise<void> {
  const missing = (await announcements.count()) - (await announcementQueue.count())
  if (missing <= 0) return
  log.info({ missing }, 'announcements without a job')
  for await (const page of announcements.pending()) await announcementQueue.add(page)
}
