import { variantFile, variantKey } from '@visage/shared/avatar/keys'
import { namedSizes, pickVariant, type Variant, variantTypes } from '@visage/shared/avatar/recipe'
import { isUserId, type UserId } from '@visage/shared/avatar/user-id'
import type { Avatar } from '@visage/shared/db/avatars'
import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { Services } from '../app.ts'
import type { ApiConfig } from '../config.ts'
import { gravatars } from '../gravatar/show-gravatar.ts'
import { logOf } from '../http/correlation.ts'
import { queryOf } from '../http/query.ts'
import { REVALIDATE } from './cache-control.ts'
import { showDefault } from './default-avatar.ts'
import { wantedFormat } from './negotiate-format.ts'
import { publicUrl } from './public-url.ts'
import { redirect } from './redirect.ts'
import { sendPicture } from './send-picture.ts'

const MOVING = { format: 'webp', animated: true } as const

interface Wanted {
  /** In pixels; the largest where nothing is asked for. */
  readonly size: number | undefined
  readonly animated: boolean
}

/** The current picture, under an address that stays: to be revalidated every time, and cheap to. */
export function getAvatar(config: ApiConfig, services: Services): Middleware {
  const showOther = otherPictures(config, services)
  const show = (ctx: Context, id: UserId, avatar: Avatar | undefined, wanted: Wanted) =>
    avatar?.source === 'upload'
      ? sendCurrent(ctx, avatar, wanted, config, services)
      : showOther(ctx, id, avatar, wanted)
  return async (ctx) => {
    const wanted = wantedOf(ctx)
    const { id } = ctx.params
    if (!isUserId(id)) throw problem('notFound')
    const avatar = await services.avatars.find(id)
    if (await show(ctx, id, avatar, wanted)) return
    const now = await services.avatars.find(id)
    if (now?.revision === avatar?.revision || !(await show(ctx, id, now, wanted)))
      throw missing(ctx, now, services)
  }
}

/** What is shown of a user who has no picture here. */
function otherPictures(config: ApiConfig, { log }: Services) {
  const showGravatar = gravatars(config, log)
  return async (ctx: Context, id: UserId, avatar: Avatar | undefined, { size }: Wanted) => {
    const hash = avatar?.source === 'gravatar' ? avatar.emailHash : null
    if (hash === null || !(await showGravatar(ctx, hash, size))) await showDefault(ctx, id, config)
    return true
  }
}

/** @returns false where the object is not there: the picture was purged since its row was read, or is lost */
function sendCurrent(
  ctx: Context,
  { userId, revision, variants }: Extract<Avatar, { source: 'upload' }>,
  { size = Number.POSITIVE_INFINITY, animated }: Wanted,
  { publicBaseUrl }: ApiConfig,
  { store }: Services,
): boolean | Promise<boolean> {
  const moving = animated ? pickVariant(variants, MOVING, size) : undefined
  const format = wantedFormat(ctx, variants)
  const variant = moving ?? (pickVariant(variants, { format }, size) as Variant)
  const key = () => variantKey(userId, revision, variant)
  ctx.res.setHeader('Vary', 'Accept')
  if (publicBaseUrl) {
    redirect(ctx, publicUrl(publicBaseUrl, key()), REVALIDATE)
    return true
  }
  const description = {
    mediaType: variantTypes[variant.format].mediaType,
    etag: `"${revision}/${variantFile(variant)}"`,
    cacheControl: REVALIDATE,
  }
  return sendPicture(ctx, description, () => store.get(key()))
}

/** A row speaks for this object: that it is missing is our fault, and somebody should look. */
function missing(
  ctx: Context,
  avatar: Avatar | undefined,
  { metrics }: Pick<Services, 'metrics'>,
): Error {
  logOf(ctx).error({ revision: avatar?.revision }, 'an object that a row names is missing')
  metrics.missingObjects.inc()
  return problem('storeFailed')
}

/** @throws badParameter */
function wantedOf(ctx: Context): Wanted {
  const { size, animated = 'false' } = queryOf(ctx)
  return { size: wantedSize(size), animated: wantsAnimated(ctx, animated) }
}

/** `s`, `m`, `l` or a number of pixels. */
function wantedSize(size: string | string[] | undefined): number | undefined {
  if (size === undefined) return undefined
  const text = String(size)
  if (Object.hasOwn(namedSizes, text)) return namedSizes[text as keyof typeof namedSizes]
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
  throw problem('badParameter', 'size must be s, m, l or a number of pixels from 1 to 99999')
}

/** A client that asks for it has said that it reads animated WebP, unless its `Accept` leaves WebP out. */
function wantsAnimated(ctx: Context, animated: string | string[]): boolean {
  if (animated !== 'true' && animated !== 'false')
    throw problem('badParameter', 'animated must be true or false')
  return animated === 'true' && ctx.accepts(variantTypes[MOVING.format].mediaType) !== false
}
