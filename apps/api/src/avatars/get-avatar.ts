import { variantFile, variantKey } from '@visage/shared/avatar/keys'
import { namedSizes, pickVariant, type Variant, variantTypes } from '@visage/shared/avatar/recipe'
import { isUserId } from '@visage/shared/avatar/user-id'
import type { Avatar } from '@visage/shared/db/avatars'
import { problem } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'
import type { Services } from '../app.ts'
import type { ApiConfig } from '../config.ts'
import { gravatarUrl } from './gravatar.ts'
import { sendVariant } from './send-variant.ts'
import { wantedFormat } from './wanted-format.ts'

const REVALIDATE = 'public, no-cache'
const BRIEFLY = 'public, max-age=60'

const MOVING = { format: 'webp', animated: true } as const

interface Wanted {
  /** In pixels; the largest where nothing is asked for. */
  readonly size: number | undefined
  readonly animated: boolean
}

/** The current picture, under an address that stays: to be revalidated every time, and cheap to. */
export function getAvatar({ gravatarUrl: server }: ApiConfig, services: Services): Middleware {
  return async (ctx) => {
    const wanted = { size: wantedSize(ctx.query.size), animated: wantsAnimated(ctx) }
    const { id } = ctx.params
    const avatar = isUserId(id) ? await services.avatars.find(id) : undefined
    if (!avatar || avatar.source === 'none') throw problem('notFound')
    if (avatar.source === 'gravatar') redirectToGravatar(ctx, server, avatar.emailHash, wanted.size)
    else await sendCurrent(ctx, avatar, wanted, services)
  }
}

async function sendCurrent(
  ctx: Context,
  { userId, revision, variants }: Extract<Avatar, { source: 'upload' }>,
  { size = Number.POSITIVE_INFINITY, animated }: Wanted,
  services: Services,
): Promise<void> {
  const moving = animated ? pickVariant(variants, MOVING, size) : undefined
  const format = wantedFormat(ctx, variants)
  const variant = moving ?? (pickVariant(variants, { format }, size) as Variant)
  const key = variantKey(userId, revision, variant)
  const description = {
    format: variant.format,
    etag: `"${revision}/${variantFile(variant)}"`,
    cacheControl: REVALIDATE,
  }
  ctx.vary('Accept')
  await sendVariant(ctx, description, () => load(ctx, services, key))
}

/** A row speaks for this object: that it is missing is our fault, and somebody should look. */
async function load(ctx: Context, { store }: Services, key: string): Promise<Buffer> {
  const bytes = await store.get(key)
  if (bytes) return bytes
  const log = ctx.state.log as Logger
  log.error({ key }, 'an object that a row names is missing')
  throw problem('storeFailed')
}

function redirectToGravatar(
  ctx: Context,
  server: string,
  hash: string | null,
  size: number = namedSizes.l,
): void {
  if (hash === null) throw problem('notFound')
  ctx.set({ Location: gravatarUrl(server, hash, size), 'Cache-Control': BRIEFLY })
  ctx.status = 302
  ctx.body = ''
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
function wantsAnimated(ctx: Context): boolean {
  const { animated = 'false' } = ctx.query
  if (animated !== 'true' && animated !== 'false')
    throw problem('badParameter', 'animated must be true or false')
  return animated === 'true' && ctx.accepts(variantTypes[MOVING.format].mediaType) !== false
}
