import {
  AVATARS_PREFIX,
  ORIGINALS_PREFIX,
  parseOriginalKey,
  parseVariantKey,
} from '@visage/shared/avatar/keys'
import type { ListedObject, ObjectStore } from '@visage/shared/storage/object-store'
import { nextValue, type StoredPicture } from './audit-match.ts'

type Store = Pick<ObjectStore, 'listObjects'>

/**
 * Lists the stored objects of each revision: its variants and its original. The bucket lists both in the order of
 * folders and revisions, so one pass over each listing is enough. Other keys are ignored.
 */
export async function* storedPictures(store: Store): AsyncGenerator<StoredPicture> {
  let current: StoredPicture | undefined
  for await (const object of merge(variants(store), originals(store))) {
    if (current && compare(current, object) === 0) current = join(current, object)
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

/** Merges two sorted iterators into one sorted iterator. */
async function* merge(
  left: AsyncIterator<StoredPicture>,
  right: AsyncIterator<StoredPicture>,
): AsyncGenerator<StoredPicture> {
  let [a, b] = [await nextValue(left), await nextValue(right)]
  while (a || b) {
    if (a && (!b || compare(a, b) <= 0)) {
      yield a
      a = await nextValue(left)
    } else if (b) {
      yield b
      b = await nextValue(right)
    }
  }
}

function compare(a: StoredPicture, b: StoredPicture): number {
  const [x, y] = [a.folder + a.revision, b.folder + b.revision]
  return x < y ? -1 : x > y ? 1 : 0
}

function join(picture: StoredPicture, { keys, files, newest }: StoredPicture): StoredPicture {
  return {
    ...picture,
    keys: [...picture.keys, ...keys],
    files: [...picture.files, ...files],
    newest: newest > picture.newest ? newest : picture.newest,
  }
}
