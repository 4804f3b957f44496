import { parseVariantFile, variantKey } from '@visage/shared/avatar/keys'
import { VARIANT_CACHE_CONTROL, variantTypes } from '@visage/shared/avatar/recipe'
import { isRevision } from '@visage/shared/avatar/revision'
import { isUserId } from '@visage/shared/avatar/user-id'
import { problem } from '@visage/shared/errors/app-error'
import type { Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import type { Services } from '../services.ts'
import { CACHE_FOR_A_DAY } from './cache-control.ts'
import { publicUrl } from './public-url.ts'
import { redirect } from './redirect.ts'
import { sendPicture } from './send-picture.ts'

/** Answers GET with one variant of one revision. The content of this address never changes, so no row is read. */
export function getVariant({ publicBaseUrl }: ApiConfig, { store }: Services): Middleware {
  return async (ctx) => {
    const { id, revision, file } = ctx.params
    const variant = parseVariantFile(file)
    if (!variant || !isRevision(revision) || !isUserId(id)) throw problem('notFound')
    const key = () => variantKey(id, revision, variant)
    if (publicBaseUrl) return redirect(ctx, publicUrl(publicBaseUrl, key()), CACHE_FOR_A_DAY)
    const headers = {
      mediaType: variantTypes[variant.format].mediaType,
      etag: `"${revision}/${file}"`,
      cacheControl: VARIANT_CACHE_CONTROL,
    }
    if (!(await sendPicture(ctx, headers, () => store.get(key())))) throw problem('notFound')
  }
}
