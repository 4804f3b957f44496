import { parseVariantFile, variantKey } from '@visage/shared/avatar/keys'
import { isRevision } from '@visage/shared/avatar/revision'
import { isUserId } from '@visage/shared/avatar/user-id'
import { problem } from '@visage/shared/errors/app-error'
import type { Middleware } from 'koa'
import type { Services } from '../app.ts'
import { sendVariant } from './send-variant.ts'

const FOREVER = 'public, max-age=31536000, immutable'

/** One variant of one revision, under an address whose content never changes: no row is asked. */
export function getVariant({ store }: Services): Middleware {
  return async (ctx) => {
    const { id, revision, file } = ctx.params
    const variant = parseVariantFile(file)
    if (!variant || !isRevision(revision) || !isUserId(id)) throw problem('notFound')
    const sending = {
      format: variant.format,
      etag: `"${revision}/${file}"`,
      cacheControl: FOREVER,
    }
    await sendVariant(ctx, sending, async () => {
      const bytes = await store.get(variantKey(id, revision, variant))
      if (!bytes) throw problem('notFound')
      return bytes
    })
  }
}
