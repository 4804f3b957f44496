import { parseRawKey, quarantineKey, RAW_PREFIX, rawKey } from '../avatar/keys.ts'
import type { Upload, UploadId } from '../avatar/upload.ts'
import type { ObjectStore } from './object-store.ts'
import { fromMetadata, toMetadata } from './upload-metadata.ts'

/**
 * Raw objects: the uploads without an outcome. The metadata of each one is enough to create its job again.
 * A job in the queue only starts the work sooner than the sweep does.
 */
export class RawObjects {
  readonly #store: ObjectStore

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** Stores an upload. The upload is accepted when this resolves. */
  put(upload: Upload, bytes: Buffer): Promise<void> {
    return this.#store.put(rawKey(upload.id), bytes, toMetadata(upload))
  }

  get(id: UploadId): Promise<Buffer | undefined> {
    return this.#store.get(rawKey(id))
  }

  /** Returns the upload without an outcome that has this id, if any. */
  async find(id: UploadId): Promise<Upload | undefined> {
    const object = await this.#store.stat(rawKey(id))
    return object && fromMetadata(id, object)
  }

  remove(...ids: readonly UploadId[]): Promise<void> {
    return this.#store.remove(ids.map(rawKey))
  }

  /** Lists the uploads without an outcome, oldest first. */
  async *list(): AsyncGenerator<UploadId> {
    for await (const key of this.#store.list(RAW_PREFIX)) {
      const id = parseRawKey(key)
      if (id) yield id
    }
  }

  /** Copies the bytes to a key that no worker reads. Call it after the verdict is recorded, then call `remove`. */
  quarantine(id: UploadId): Promise<void> {
    return this.#store.copy(rawKey(id), quarantineKey(id))
  }
}
