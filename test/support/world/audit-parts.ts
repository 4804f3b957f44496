import type { Picture } from '@visage/shared/avatar/avatar'
import { variantKey } from '@visage/shared/avatar/keys'
import { recipe, type Variant } from '@visage/shared/avatar/recipe'
import { recipeId } from '@visage/shared/avatar/recipe-id'
import type { Upload, UploadId } from '@visage/shared/avatar/upload'
import {
  type AuditDependencies,
  type AuditReport,
  audit,
} from '../../../apps/worker/src/maintenance/audit.ts'
import { asObjectKey, asUserId } from '../domain/brands.ts'
import { picture, uploadAt } from '../domain/uploads.ts'
import { MINUTE, type Parts } from './maintenance-parts.ts'
import type { World } from './use-world.ts'

export const GRACE = 60 * MINUTE
export const NOTHING: AuditReport = { orphans: 0, incomplete: 0, repaired: 0 }

const variants: Variant[] = [
  { size: 128, format: 'webp', bytes: 7 },
  { size: 64, format: 'jpeg', bytes: 7 },
]

/** A picture of two variants. */
const twofold: Picture = { ...picture, variants }

export const keysOf = ({ userId, id }: Upload): string[] =>
  variants.map((variant) => variantKey(userId, id, variant))

let users = 0

/** An upload whose variants are in the bucket, and of which nothing else says anything. */
export async function publish(
  { store }: Pick<World, 'store'>,
  userId = `user-${++users}`,
  time = Date.now(),
  id?: UploadId,
): Promise<Upload> {
  const made = uploadAt(time, asUserId(userId))
  const upload = { ...made, id: id ?? made.id }
  for (const key of keysOf(upload))
    await store.put(asObjectKey(key), Buffer.from('variant'), { mediaType: 'image/webp' })
  return upload
}

/** The bucket as it will be listed when its objects are two grace periods old. */
export function aged(parts: Parts): AuditDependencies {
  const { store } = parts
  const old = new Date(Date.now() - 2 * GRACE)
  return {
    ...parts,
    store: {
      list: (prefix) => store.list(prefix),
      remove: (keys) => store.remove(keys),
      async *listObjects(prefix) {
        for await (const { key } of store.listObjects(prefix)) yield { key, writtenAt: old }
      },
    },
  }
}

export function auditNow(parts: AuditDependencies, options: { dryRun?: boolean } = {}) {
  return audit({ grace: GRACE, dryRun: false, recipe: recipeId(recipe), ...options }, parts)
}

/** Makes it the user's picture, without an upload that says so. */
export function show({ avatars }: Parts, { userId, id }: Upload) {
  return avatars.change({ source: 'upload', userId, revision: id, picture: twofold })
}
