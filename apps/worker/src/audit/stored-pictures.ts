import { AVATARS_PREFIX, parseVariantKey } from '@visage/shared/avatar/keys'
import type { ListedObject, ObjectStore } from '@visage/shared/storage/object-store'
import type { StoredPicture } from './match.ts'

/** The bucket's variants, gathered by revision. Keys that are no variant's are left alone. */
export async function* storedPictures(
  store: Pick<ObjectStore, 'listObjects'>,
): AsyncGenerator<StoredPicture> {
  let current: StoredPicture | undefined
  for await (const object of store.listObjects(AVATARS_PREFIX)) {
    const key = parseVariantKey(object.key)
    if (!key) continue
    if (current?.folder === key.folder && current.revision === key.revision) {
      current = grown(current, object, key.file)
      continue
    }
    if (current) yield current
    current = { ...key, keys: [object.key], files: [key.file], newest: object.writtenAt }
  }
  if (current) yield current
}

function grown(
  picture: StoredPicture,
  { key, writtenAt }: ListedObject,
  file: string,
): StoredPicture {
  return {
    ...picture,
    keys: [...picture.keys, key],
    files: [...picture.files, file],
    newest: writtenAt > picture.newest ? writtenAt : picture.newest,
  }
}
