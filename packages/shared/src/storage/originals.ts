import { originalKey, rawKey } from '../avatar/keys.ts'
import type { Revision } from '../avatar/revision.ts'
import { type Upload, uploadIdOf } from '../avatar/upload.ts'
import type { UserId } from '../avatar/user-id.ts'
import type { ObjectStore } from './object-store.ts'
import { fromMetadata } from './upload-metadata.ts'

type Store = Pick<ObjectStore, 'get' | 'stat' | 'copy'>

/**
 * The bytes of pictures that are shown, as they were sent, for rendering them anew. Each revision has a copy
 * of its own, which goes when its variants do. No route serves them.
 */
export class Originals {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Copies the raw object of an upload, with all that it says. */
  keep({ id, userId }: Upload): Promise<void> {
    return this.#store.copy(rawKey(id), originalKey(userId, id))
  }

  /** Gives another revision of the picture a copy of its own. */
  copyRevision(userId: UserId, from: Revision, to: Revision): Promise<void> {
    return this.#store.copy(originalKey(userId, from), originalKey(userId, to))
  }

  get(userId: UserId, revision: Revision): Promise<Buffer | undefined> {
    return this.#store.get(originalKey(userId, revision))
  }

  /** The upload that a picture was made of, under the picture's revision; undefined where it was not kept. */
  async find(userId: UserId, revision: Revision): Promise<Upload | undefined> {
    const object = await this.#store.stat(originalKey(userId, revision))
    return object && fromMetadata(uploadIdOf(revision), object)
  }
}
