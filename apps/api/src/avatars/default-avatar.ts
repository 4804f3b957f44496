import type { UserId } from '@visage/shared/avatar/user-id'
import { problem } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import { minidenticon } from 'minidenticons'
import type { ApiConfig } from '../config.ts'
import { REVALIDATE } from './cache-control.ts'
import { etagOf } from './etag.ts'
import { redirect } from './redirect.ts'
import { sendPicture } from './send-picture.ts'

/** Sends the picture that DEFAULT_AVATAR selects. @throws notFound if DEFAULT_AVATAR is 404 */
export async function sendDefaultAvatar(
  ctx: Context,
  userId: UserId,
  { defaultAvatar }: Pick<ApiConfig, 'defaultAvatar'>,
): Promise<void> {
  if (defaultAvatar === '404') throw problem('notFound')
  if (defaultAvatar !== 'identicon') return redirect(ctx, defaultAvatar, REVALIDATE)
  const bytes = Buffer.from(minidenticon(userId))
  const headers = { mediaType: 'image/svg+xml', etag: etagOf(bytes), cacheControl: REVALIDATE }
  await sendPicture(ctx, headers, () => bytes)
}
