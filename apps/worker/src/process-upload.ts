import { variantKey } from '@visage/shared/avatar/keys'
import { recipe, type Variant } from '@visage/shared/avatar/recipe'
import type { EndState, Upload } from '@visage/shared/avatar/upload'
import type { Uploads, Verdict } from '@visage/shared/db/uploads'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import type { Rendered, RenderedVariant } from './image/render.ts'

export interface Steps {
  readonly raw: RawObjects
  readonly store: ObjectStore
  readonly uploads: Uploads
  readonly render: (bytes: Buffer) => Promise<Rendered>
}

/**
 * One attempt at an upload. Every step can be run again; removing the raw object, the last one, is
 * the acknowledgement, and comes only after an outcome is written.
 * @throws whatever trouble of ours came in between; the attempt is then made again
 */
export async function processUpload(upload: Upload, steps: Steps, log: Logger): Promise<EndState> {
  const outcome = (await steps.uploads.begin(upload)) ?? (await decide(upload, steps, log))
  await steps.raw.remove(upload.id)
  return outcome
}

async function decide(upload: Upload, steps: Steps, log: Logger): Promise<EndState> {
  const bytes = await steps.raw.get(upload.id)
  if (!bytes) return withoutBytes(upload, steps, log)
  const rendered = await steps.render(bytes).catch(asVerdict)
  if ('state' in rendered) {
    log.info({ reason: rendered.reason, msg: rendered.msg }, 'rejected')
    return steps.uploads.end(upload, rendered)
  }
  await publish(upload, rendered.variants, steps.store)
  const variants = rendered.variants.map(toVariant)
  return steps.uploads.commit(upload, { ...rendered, variants })
}

/** Another attempt has just ended and removed them; if none did, they are lost, and somebody should know. */
async function withoutBytes(upload: Upload, { uploads }: Steps, log: Logger): Promise<EndState> {
  const outcome = await uploads.end(upload, { state: 'failed' })
  if (outcome === 'failed') log.error('the raw object of an accepted upload is missing')
  return outcome
}

function asVerdict(error: unknown): Extract<Verdict, { state: 'rejected' }> {
  if (!(error instanceof Rejection)) throw error
  return { state: 'rejected', reason: error.reason, msg: error.message }
}

async function publish(
  { userId, id }: Upload,
  variants: readonly RenderedVariant[],
  store: ObjectStore,
): Promise<void> {
  const put = (variant: RenderedVariant) =>
    store.put(variantKey(userId, id, variant), variant.data, {
      mediaType: recipe.formats[variant.format].mediaType,
    })
  await Promise.all(variants.map(put))
}

function toVariant({ size, format, data }: RenderedVariant): Variant {
  return { size, format, bytes: data.length }
}
