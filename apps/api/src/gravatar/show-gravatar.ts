import { namedSizes } from '@visage/shared/avatar/recipe'
import type { Logger } from '@visage/shared/log/logger'
import type { Context } from 'koa'
import { REVALIDATE } from '../avatars/cache-control.ts'
import { redirect } from '../avatars/redirect.ts'
import { sendPicture } from '../avatars/send-picture.ts'
import type { ApiConfig } from '../config.ts'
import { GravatarCache } from './gravatar-cache.ts'

/** Sends the Gravatar of an e-mail hash. @returns false, with nothing sent, if there is none */
export type SendGravatar = (
  ctx: Context,
  emailHash: string,
  size: number | undefined,
) => boolean | Promise<boolean>

export function gravatarSender(config: ApiConfig, log: Logger): SendGravatar {
  return config.gravatarMode === 'proxy' ? proxySender(config, log) : redirectSender(config)
}

function redirectSender({ gravatarUrl: server, defaultAvatar }: ApiConfig): SendGravatar {
  return (ctx, emailHash, size = namedSizes.l) => {
    redirect(ctx, gravatarUrl(server, emailHash, size, defaultAvatar), REVALIDATE)
    return true
  }
}

function proxySender(
  { gravatarUrl: server, gravatarTimeout }: ApiConfig,
  log: Logger,
): SendGravatar {
  const cache = new GravatarCache(gravatarTimeout, log)
  return async (ctx, emailHash, size) => {
    const picture = await cache.get(gravatarUrl(server, emailHash, roundUp(size), '404'))
    if (!picture) return false
    const { bytes, mediaType, etag } = picture
    return sendPicture(ctx, { mediaType, etag, cacheControl: REVALIDATE }, () => bytes)
  }
}

const SIZES = [64, 128, 256, 512]

/** Rounds up to one of a few sizes, so that fewer pictures are fetched and cached. */
function roundUp(size: number = namedSizes.l): number {
  return SIZES.find((candidate) => candidate >= size) ?? namedSizes.l
}

/**
 * Builds the address of a Gravatar. Its path ends with the SHA-256 of the e-mail address. `s` is the side in pixels,
 * 1 to 2048. `d` selects the picture for an e-mail address without a Gravatar: `404`, `identicon` or the address of a
 * picture.
 * Source: docs.gravatar.com, "Avatars".
 */
export function gravatarUrl(
  server: string,
  emailHash: string,
  size: number,
  fallback: string,
): string {
  const url = new URL(server)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${emailHash}`
  url.searchParams.set('s', String(Math.min(size, 2048)))
  url.searchParams.set('d', fallback)
  return url.href
}
