import type { Avatar } from '@visage/shared/avatar/avatar'
import { variantFile, variantKey } from '@visage/shared/avatar/keys'
import { namedSizes, variantTypes } from '@visage/shared/avatar/recipe'
import { isUserId, type UserId } from '@visage/shared/avatar/user-id'
import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import { gravatarSender, type SendGravatar } from '../gravatar/show-gravatar.ts'
import { logOf } from '../http/correlation.ts'
import { queryOf } from '../http/query.ts'
import type { Services } from '../services.ts'
import { REVALIDATE } from './cache-control.ts'
import {
  ANIMATED,
  choosePicture,
  type PictureChoice,
  type PictureRequest,
} from './choose-picture.ts'
import { sendDefaultAvatar } from './default-avatar.ts'
import { publicUrl } from './public-url.ts'
import { redirect } from './redirect.ts'
import { sendPicture } from './send-picture.ts'

type ReadServices = Pick<Services, 'avatars' | 'store' | 'metrics'>

interface Sender {
  readonly config: ApiConfig
  readonly services: ReadServices
  readonly sendGravatar: SendGravatar
}

/** Answers GET with a user's current picture. The address never changes, so caches must revalidate before each use. */
export function getAvatar(
  config: ApiConfig,
  services: ReadServices & Pick<Services, 'log'>,
): Middleware {
  const sender = { config, services, sendGravatar: gravatarSender(config, services.log) }
  return async (ctx) => {
    const request = readRequest(ctx)
    const { id } = ctx.params
    if (!isUserId(id)) throw problem('notFound')
    const avatar = await services.avatars.find(id)
    if (await send(ctx, id, choosePicture(avatar, request), request, sender)) return
    await sendReplacement(ctx, id, avatar, request, sender)
  }
}

/**
 * Reads the row again after a variant was missing. Either the picture was replaced and purged since the first read, or
 * the object is lost.
 * @throws storeFailed if the object is lost
 */
async function sendReplacement(
  ctx: Context,
  id: UserId,
  before: Avatar | undefined,
  request: PictureRequest,
  sender: Sender,
): Promise<void> {
  const { avatars, metrics } = sender.services
  const now = await avatars.find(id)
  const isReplaced = now?.revision !== before?.revision
  if (isReplaced && (await send(ctx, id, choosePicture(now, request), request, sender))) return
  logOf(ctx).error({ revision: now?.revision }, 'Failed to find object of current picture')
  metrics.missingObjects.inc()
  throw problem('storeFailed')
}

/** @returns false, with nothing sent, if the variant's object does not exist */
async function send(
  ctx: Context,
  id: UserId,
  choice: PictureChoice,
  { size }: PictureRequest,
  sender: Sender,
): Promise<boolean> {
  if (choice.kind === 'variant') return sendVariant(ctx, choice, sender)
  const isSent =
    choice.kind === 'gravatar' && (await sender.sendGravatar(ctx, choice.emailHash, size))
  if (!isSent) await sendDefaultAvatar(ctx, id, sender.config)
  return true
}

function sendVariant(
  ctx: Context,
  { userId, revision, variant }: Extract<PictureChoice, { kind: 'variant' }>,
  { config: { publicBaseUrl }, services: { store } }: Sender,
): boolean | Promise<boolean> {
  const key = () => variantKey(userId, revision, variant)
  ctx.res.setHeader('Vary', 'Accept')
  if (publicBaseUrl) {
    redirect(ctx, publicUrl(publicBaseUrl, key()), REVALIDATE)
    return true
  }
  const headers = {
    mediaType: variantTypes[variant.format].mediaType,
    etag: `"${revision}/${variantFile(variant)}"`,
    cacheControl: REVALIDATE,
  }
  return sendPicture(ctx, headers, () => store.get(key()))
}

/** @throws badParameter */
function readRequest(ctx: Context): PictureRequest {
  const { size, animated = 'false' } = queryOf(ctx)
  return { size: readSize(size), animated: readAnimated(ctx, animated), accept: ctx.get('Accept') }
}

/** `s`, `m`, `l` or a number of pixels. */
function readSize(size: string | string[] | undefined): number | undefined {
  if (size === undefined) return undefined
  const text = String(size)
  if (Object.hasOwn(namedSizes, text)) return namedSizes[text as keyof typeof namedSizes]
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
  throw problem('badParameter', 'size must be s, m, l or a number of pixels from 1 to 99999')
}

/** A client that requests an animation reads animated WebP, unless its `Accept` excludes WebP. */
function readAnimated(ctx: Context, animated: string | string[]): boolean {
  if (animated !== 'true' && animated !== 'false')
    throw problem('badParameter', 'animated must be true or false')
  return animated === 'true' && ctx.accepts(variantTypes[ANIMATED.format].mediaType) !== false
}
