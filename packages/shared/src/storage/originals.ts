import { originalKey, rawKey } from '../avatar/keys.ts'
import type { Revision } from '../avatar/revision.ts'
import { type Upload, uploadIdOf } from '../avatar/upload.ts'
import type { UserId } from '../avatar/user-id.ts'
import type { ObjectStore } from './object-store.ts'
import { fromMetadata } from './upload-metadata.ts'

type Store = Pick<ObjectStore, 'get' | 'stat' | 'copy'>

/**
 * Originals: the uploaded bytes of current pictures, kept for rendering them again. Each revision has its own copy,
 * which is deleted together with its variants. No route serves originals.
 */
export class Originals {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Copies the raw object of an upload, with its metadata. */
  keep({ id, userId }: Upload): Promise<void> {
    return this.#store.copy(rawKey(id), originalKey(userId, id))
  }

  /** Copies the original of a picture to another revision of the same picture. */
  copyRevision(userId: UserId, from: Revision, to: Revision): Promise<void> {
    return this.#store.copy(originalKey(userId, from), originalKey(userId, to))
  }

  get(userId: UserId, revision: Revision): Promise<Buffer | undefined> {
    return this.#store.get(originalKey(userId, revision))
  }

  /** Returns the upload of a picture, with the picture's revision as id. Undefined if its original was not kept. */
  async find(userId: UserId, revision: Revision): Promise<Upload | undefined> {
    const object = await this.#store.stat(originalKey(userId, revision))
    return object && fromMetadata(uploadIdOf(revision), object)
  }
}
