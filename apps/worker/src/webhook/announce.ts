import type { Announcement } from '@visage/shared/avatar/announcement'
import type { Revision } from '@visage/shared/avatar/revision'
import type { Announcements } from '@visage/shared/db/announcements'
import type { Send } from './send.ts'

export interface AnnounceDependencies {
  readonly announcements: Pick<Announcements, 'find' | 'delete'>
  readonly send: Send
}

/** An answer that is no 2xx. */
export class WebhookRefusedError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the webhook answered ${status}`)
    this.name = 'Refusal'
    this.status = status
  }
}

/**
 * One attempt to tell the webhook of a change. Removing the row, the last step, is the acknowledgement:
 * what is lost before it is told again, under the same id.
 * @throws Refusal, or whatever else came in between; the attempt is then made again
 */
export async function announce(
  revision: Revision,
  { announcements, send }: AnnounceDependencies,
): Promise<'delivered' | 'nothing to deliver'> {
  const announcement = await announcements.find(revision)
  if (!announcement) return 'nothing to deliver'
  const status = await send(revision, bodyOf(announcement))
  if (status < 200 || status > 299) throw new WebhookRefusedError(status)
  await announcements.delete(revision)
  return 'delivered'
}

/** The same bytes in every attempt. No address and no token. */
function bodyOf({ userId, revision, source, changedAt }: Announcement): string {
  const data = { user_id: userId, revision, source }
  return JSON.stringify({ type: 'avatar.changed', timestamp: changedAt.toISOString(), data })
}
