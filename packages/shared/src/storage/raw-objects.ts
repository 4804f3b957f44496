import { parseRawKey, quarantineKey, RAW_PREFIX, rawKey } from '../avatar/keys.ts'
import type { Upload, UploadId } from '../avatar/upload.ts'
import type { ObjectStore } from './object-store.ts'
import { fromMetadata, toMetadata } from './upload-metadata.ts'

/**
 * The uploads that wait for their outcome, as objects. Each carries, as metadata, all that is needed
 * to make its job again: the queue is only a hint to hurry.
 */
export class RawObjects {
  readonly #store: ObjectStore

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** Once this resolves, the upload is accepted. */
  put(upload: Upload, bytes: Buffer): Promise<void> {
    return this.#store.put(rawKey(upload.id), bytes, toMetadata(upload))
  }

  get(id: UploadId): Promise<Buffer | undefined> {
    return this.#store.get(rawKey(id))
  }

  /** The upload that waits under this id, if one does. */
  async find(id: UploadId): Promise<Upload | undefined> {
    const object = await this.#store.stat(rawKey(id))
    return object && fromMetadata(id, object)
  }

  remove(...ids: readonly UploadId[]): Promise<void> {
    return this.#store.remove(ids.map(rawKey))
  }

  /** Those that wait, the oldest first. */
  async *list(): AsyncGenerator<UploadId> {
    for await (const key of this.#store.list(RAW_PREFIX)) {
      const id = parseRawKey(key)
      if (id) yield id
    }
  }

  /** Puts the bytes where no worker takes them. Once their verdict is written, `remove` ends it. */
  quarantine(id: UploadId): Promise<void> {
    return this.#store.copy(rawKey(id), quarantineKey(id))
  }
}
