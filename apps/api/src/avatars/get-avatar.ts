import { variantFile, variantKey } from '@visage/shared/avatar/keys'
import {
  namedSizes,
  pickVariant,
  recipe,
  type Variant,
  type VariantFormat,
} from '@visage/shared/avatar/recipe'
import { isUserId } from '@visage/shared/avatar/user-id'
import type { Avatar } from '@visage/shared/db/avatars'
import { problem } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'
import type { Services } from '../app.ts'
import type { ApiConfig } from '../config.ts'
import { gravatarUrl } from './gravatar.ts'
import { sendVariant } from './send-variant.ts'

const REVALIDATE = 'public, no-cache'
const BRIEFLY = 'public, max-age=60'

/** The current picture, under an address that stays: to be revalidated every time, and cheap to. */
export function getAvatar({ gravatarUrl: server }: ApiConfig, services: Services): Middleware {
  return async (ctx) => {
    const size = wantedSize(ctx.query.size)
    const { id } = ctx.params
    const avatar = isUserId(id) ? await services.avatars.find(id) : undefined
    if (!avatar) throw problem('notFound')
    if (avatar.source === 'gravatar') redirectToGravatar(ctx, server, avatar.emailHash, size)
    else await sendCurrent(ctx, avatar, size, services)
  }
}

async function sendCurrent(
  ctx: Context,
  { userId, revision, variants }: Extract<Avatar, { source: 'upload' }>,
  size: number,
  services: Services,
): Promise<void> {
  const variant = pickVariant(variants, wantedFormat(ctx), size) as Variant
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

function redirectToGravatar(ctx: Context, server: string, hash: string | null, size: number): void {
  if (hash === null) throw problem('notFound')
  ctx.set({ Location: gravatarUrl(server, hash, size), 'Cache-Control': BRIEFLY })
  ctx.status = 302
  ctx.body = ''
}

/** `s`, `m`, `l` or a number of pixels; the largest where nothing is asked for. */
function wantedSize(size: string | string[] | undefined): number {
  if (size === undefined) return recipe.sizes[0]
  const text = String(size)
  if (Object.hasOwn(namedSizes, text)) return namedSizes[text] as number
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
  throw problem('badParameter', 'size must be s, m, l or a number of pixels from 1 to 99999')
}

/** JPEG, unless the client names WebP: a bare wildcard is no proof that it reads it. */
function wantedFormat(ctx: Context): VariantFormat {
  const accepted = ctx.accepts(recipe.formats.jpeg.mediaType, recipe.formats.webp.mediaType)
  return accepted === recipe.formats.webp.mediaType ? 'webp' : 'jpeg'
}
