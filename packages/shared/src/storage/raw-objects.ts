import { type SourceFormat, sourceTypes } from '../avatar/formats.ts'
import { CENTRED, formatFraming, parseFraming } from '../avatar/framing.ts'
import { parseRawKey, quarantineKey, RAW_PREFIX, rawKey } from '../avatar/keys.ts'
import { type Revision, revisionTime } from '../avatar/revision.ts'
import type { Upload } from '../avatar/upload.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'

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
    const { mediaType } = sourceTypes[upload.format]
    return this.#store.put(rawKey(upload.id), bytes, { mediaType, metadata: toMetadata(upload) })
  }

  get(id: Revision): Promise<Buffer | undefined> {
    return this.#store.get(rawKey(id))
  }

  /** The upload that waits under this id, if one does. */
  async find(id: Revision): Promise<Upload | undefined> {
    const object = await this.#store.stat(rawKey(id))
    return object && fromMetadata(id, object)
  }

  remove(...ids: readonly Revision[]): Promise<void> {
    return this.#store.remove(ids.map(rawKey))
  }

  /** Those that wait, the oldest first. */
  async *list(): AsyncGenerator<Revision> {
    for await (const key of this.#store.list(RAW_PREFIX)) {
      const id = parseRawKey(key)
      if (id) yield id
    }
  }

  /** Puts the bytes where no worker takes them. Once their verdict is written, `remove` ends it. */
  quarantine(id: Revision): Promise<void> {
    return this.#store.copy(rawKey(id), quarantineKey(id))
  }
}

/** Object metadata is ASCII, so the user id goes in as base64url of its UTF-8. */
function toMetadata(upload: Upload): Record<string, string> {
  return {
    'user-id': Buffer.from(upload.userId, 'utf8').toString('base64url'),
    'source-format': upload.format,
    'correlation-id': upload.correlationId,
    framing: formatFraming(upload.framing ?? CENTRED),
  }
}

function fromMetadata(id: Revision, { bytes, metadata }: StoredObject): Upload {
  return {
    id,
    userId: Buffer.from(metadata['user-id'] ?? '', 'base64url').toString('utf8'),
    bytes,
    format: metadata['source-format'] as SourceFormat,
    acceptedAt: revisionTime(id),
    correlationId: metadata['correlation-id'] ?? '',
    framing: parseFraming(metadata.framing),
  }
}
