import type { Announcements } from '@visage/shared/db/announcements'
import type { Logger } from '@visage/shared/log/logger'
import type { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'

export interface RequeueParts {
  readonly announcements: Pick<Announcements, 'count' | 'waiting'>
  readonly hints: Pick<AnnouncementQueue, 'count' | 'add'>
  readonly log: Logger
}

/**
 * Makes sure that every announcement has a job. Where there are as many jobs as announcements none can be
 * missing, but for one whose place a job takes that finds nothing to deliver: that ends by itself, and the
 * next run sees to the rest. So a receiver that is away for long costs two counts a run.
 */
export async function requeueAnnouncements({
  announcements,
  hints,
  log,
}: RequeueParts): Promise<void> {
  const missing = (await announcements.count()) - (await hints.count())
  if (missing <= 0) return
  log.info({ missing }, 'announcements without a job')
  for await (const page of announcements.waiting()) await hints.add(page)
}
