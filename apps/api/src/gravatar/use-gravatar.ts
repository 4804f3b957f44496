import type { Caller } from '../auth/verify-token.ts'
import type { Services } from '../services.ts'

/** Sets the caller's Gravatar as their picture, unless a newer change has already taken effect. */
export async function useGravatar(
  { userId, emailHash }: Pick<Caller, 'userId' | 'emailHash'>,
  { clock, avatars, announcementQueue }: Pick<Services, 'clock' | 'avatars' | 'announcementQueue'>,
): Promise<void> {
  const revision = await clock.nextRevision(userId)
  const effect = await avatars.change({ source: 'gravatar', userId, revision, emailHash })
  if (effect === 'applied') await announcementQueue?.enqueue(revision)
}
