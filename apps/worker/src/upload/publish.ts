import type { Picture } from '@visage/shared/avatar/avatar'
import { variantKey } from '@visage/shared/avatar/keys'
import { VARIANT_CACHE_CONTROL, variantTypes } from '@visage/shared/avatar/recipe'
import type { Revision } from '@visage/shared/avatar/revision'
import type { UserId } from '@visage/shared/avatar/user-id'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { Rendered, RenderedVariant } from '../image/rendered.ts'

/** Stores the variants under the keys that the row of the picture will reference. */
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

/** Builds the picture that the row stores: each variant has its length instead of its bytes. */
export function toPicture({ variants, ...rendered }: Rendered): Picture {
  const withLengths = variants.map(({ data, ...variant }) => ({ ...variant, bytes: data.length }))
  return { ...rendered, variants: withLengths }
}
