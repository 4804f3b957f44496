import type { Announcement } from '@visage/shared/avatar/announcement'
import type { Revision } from '@visage/shared/avatar/revision'
import type { Announcements } from '@visage/shared/db/announcements'
import type { Send } from './send.ts'

export interface AnnounceDependencies {
  readonly announcements: Pick<Announcements, 'find' | 'delete'>
  readonly send: Send
}

/** Error for an answer of the webhook whose status is not 2xx. */
export class WebhookRefusedError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the webhook answered ${status}; expected a 2xx status`)
    this.name = 'WebhookRefusedError'
    this.status = status
  }
}

/**
 * Runs one attempt to deliver an announcement. The last step deletes the row, which acknowledges the delivery. If an
 * attempt is lost before that step, the announcement is delivered again under the same id.
 * @throws WebhookRefusedError or any other error; BullMQ then retries the job
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

/** Builds the message. It is the same in every attempt, and has no e-mail address and no token. */
function bodyOf({ userId, revision, source, changedAt }: Announcement): string {
  const data = { user_id: userId, revision, source }
  return JSON.stringify({ type: 'avatar.changed', timestamp: changedAt.toISOString(), data })
}
