import {
  AVATARS_PREFIX,
  ORIGINALS_PREFIX,
  parseOriginalKey,
  parseVariantKey,
} from '@visage/shared/avatar/keys'
import type { ListedObject, ObjectStore } from '@visage/shared/storage/object-store'
import { next, type StoredPicture } from './audit-match.ts'

type Store = Pick<ObjectStore, 'listObjects'>

/**
 * What the bucket has of each revision: its variants and its original. Both are listed in the order of folders
 * and revisions, so each listing is read once. Keys that are neither's are left alone.
 */
export async function* storedPictures(store: Store): AsyncGenerator<StoredPicture> {
  let current: StoredPicture | undefined
  for await (const object of merged(variants(store), originals(store))) {
    if (current && compare(current, object) === 0) current = joined(current, object)
    else {
      if (current) yield current
      current = object
    }
  }
  if (current) yield current
}

async function* variants(store: Store): AsyncGenerator<StoredPicture> {
  for await (const object of store.listObjects(AVATARS_PREFIX)) {
    const key = parseVariantKey(object.key)
    if (key) yield { ...key, ...objectOf(object), files: [key.file] }
  }
}

async function* originals(store: Store): AsyncGenerator<StoredPicture> {
  for await (const object of store.listObjects(ORIGINALS_PREFIX)) {
    const key = parseOriginalKey(object.key)
    if (key) yield { ...key, ...objectOf(object), files: [] }
  }
}

const objectOf = ({ key, writtenAt }: ListedObject) => ({ keys: [key], newest: writtenAt })

/** Two that are in order, as one that is. */
async function* merged(
  left: AsyncIterator<StoredPicture>,
  right: AsyncIterator<StoredPicture>,
): AsyncGenerator<StoredPicture> {
  let [a, b] = [await next(left), await next(right)]
  while (a || b) {
    if (a && (!b || compare(a, b) <= 0)) {
      yield a
      a = await next(left)
    } else if (b) {
      yield b
      b = await next(right)
    }
  }
}

function compare(a: StoredPicture, b: StoredPicture): number {
  const [x, y] = [a.folder + a.revision, b.folder + b.revision]
  return x < y ? -1 : x > y ? 1 : 0
}

function joined(picture: StoredPicture, { keys, files, newest }: StoredPicture): StoredPicture {
  return {
    ...picture,
    keys: [...picture.keys, ...keys],
    files: [...picture.files, ...files],
    newest: newest > picture.newest ? newest : picture.newest,
  }
}
