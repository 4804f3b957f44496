import type { ObjectKey } from '@visage/shared/avatar/keys'
import type { ListedObject, ObjectStore, PutOptions } from '@visage/shared/storage/object-store'
import { asObjectKey } from '../domain/brands.ts'
import type { Ask } from './task.ts'

interface Stored {
  readonly bytes: Buffer
  readonly metadata: Readonly<Record<string, string>>
  readonly writtenAt: Date
}

/** Page size of a listing. It is small, so that other steps run between two pages. */
const PAGE = 3

/** In-memory object store. */
export class Bucket {
  readonly objects = new Map<string, Stored>()
  /** Keys of all PUTs so far. */
  readonly history = new Map<string, Stored>()

  put(key: string, bytes: Buffer, { metadata = {} }: PutOptions): void {
    const object = { bytes, metadata, writtenAt: new Date() }
    this.objects.set(key, object)
    this.history.set(key, object)
  }

  stat(key: string) {
    const object = this.objects.get(key)
    return object && { bytes: object.bytes.length, metadata: object.metadata }
  }

  copy(from: string, to: string): void {
    const object = this.objects.get(from)
    if (object) this.objects.set(to, { ...object, writtenAt: new Date() })
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) this.objects.delete(key)
  }

  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort()
  }

  page(prefix: string, after: string): ListedObject[] {
    const keys = this.keys(prefix).filter((key) => key > after)
    return keys.slice(0, PAGE).flatMap((key) => {
      const object = this.objects.get(key)
      return object ? [{ key: asObjectKey(key), writtenAt: object.writtenAt }] : []
    })
  }
}

/** Port of the bucket with the interface of the real adapter. Each `ask` is one call to the server. */
export function storePort(bucket: Bucket, ask: Ask): ObjectStore {
  async function* listObjects(prefix: string): AsyncGenerator<ListedObject> {
    for (let after = ''; ; ) {
      const page = await ask('list', () => bucket.page(prefix, after))
      yield* page
      if (page.length < PAGE) return
      after = page.at(-1)?.key ?? ''
    }
  }
  async function* list(prefix: string): AsyncGenerator<ObjectKey> {
    for await (const { key } of listObjects(prefix)) yield key
  }
  const remove: ObjectStore['remove'] = (keys) => ask('remove', () => bucket.remove(keys))
  const port: Partial<ObjectStore> = {
    put: (key, bytes, options) => ask('put', () => bucket.put(key, bytes, options)),
    get: (key) => ask('get', () => bucket.objects.get(key)?.bytes),
    stat: (key) => ask('stat', () => bucket.stat(key)),
    copy: (from, to) => ask('copy', () => bucket.copy(from, to)),
    remove,
    list,
    listObjects,
    async removePrefix(...prefixes) {
      const keys: ObjectKey[] = []
      for (const prefix of prefixes) for await (const key of list(prefix)) keys.push(key)
      await remove(keys)
    },
  }
  return port as ObjectStore
}
