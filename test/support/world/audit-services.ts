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
import { type MaintenanceServices, MINUTE } from './maintenance-services.ts'
import type { World } from './use-world.ts'

export const GRACE = 60 * MINUTE
export const NOTHING: AuditReport = { orphans: 0, incomplete: 0, repaired: 0 }

const variants: Variant[] = [
  { size: 128, format: 'webp', bytes: 7 },
  { size: 64, format: 'jpeg', bytes: 7 },
]

/** A picture of two variants. */
const twoVariants: Picture = { ...picture, variants }

export const keysOf = ({ userId, id }: Upload): string[] =>
  variants.map((variant) => variantKey(userId, id, variant))

let users = 0

/** Stores the variants of an upload that nothing references. */
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

/** Returns audit dependencies that list every object as two grace periods old. */
export function withOldObjects(services: MaintenanceServices): AuditDependencies {
  const { store } = services
  const old = new Date(Date.now() - 2 * GRACE)
  return {
    ...services,
    store: {
      list: (prefix) => store.list(prefix),
      remove: (keys) => store.remove(keys),
      async *listObjects(prefix) {
        for await (const { key } of store.listObjects(prefix)) yield { key, writtenAt: old }
      },
    },
  }
}

export function auditNow(services: AuditDependencies, options: { dryRun?: boolean } = {}) {
  return audit({ grace: GRACE, dryRun: false, recipe: recipeId(recipe), ...options }, services)
}

/** Makes the upload the user's picture without a receipt. */
export function setPicture({ avatars }: MaintenanceServices, { userId, id }: Upload) {
  return avatars.change({ source: 'upload', userId, revision: id, picture: twoVariants })
}
