import type { Picture } from '@visage/shared/avatar/avatar'
import { variantKey } from '@visage/shared/avatar/keys'
import { VARIANT_CACHE_CONTROL, variantTypes } from '@visage/shared/avatar/recipe'
import type { Revision } from '@visage/shared/avatar/revision'
import type { UserId } from '@visage/shared/avatar/user-id'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { Rendered, RenderedVariant } from '../image/rendered.ts'

/** Puts the variants where the row will say that they are. */
export async function publish(
  { userId, revision }: { readonly userId: UserId; readonly revision: Revision },
  variants: readonly RenderedVariant[],
  store: Pick<ObjectStore, 'put'>,
): Promise<void> {
  const put = (variant: RenderedVariant) =>
    store.put(variantKey(userId, revision, variant), variant.data, {
      mediaType: variantTypes[variant.format].mediaType,
      cacheControl: VARIANT_CACHE_CONTROL,
    })
  await Promise.all(variants.map(put))
}

/** What the row will say of it. */
export function toPicture({ variants, ...rendered }: Rendered): Picture {
  const lengths = variants.map(({ data, ...variant }) => ({ ...variant, bytes: data.length }))
  return { ...rendered, variants: lengths }
}
