import { buffer } from 'node:stream/consumers'
import { type Client, CopyDestinationOptions, CopySourceOptions } from 'minio'
import type { ObjectKey } from '../avatar/keys.ts'
import { causedBy } from '../errors/app-error.ts'
import { withTlsAdvice } from '../errors/tls.ts'
import { type RetryPolicy, retry } from '../lifecycle/retry.ts'
import {
  createStorageClient,
  type Encryption,
  type StorageClient,
  type StorageSettings,
} from './client.ts'
import { StoreTimeoutError } from './transport.ts'

export interface StoredObject {
  readonly bytes: number
  /** Names are in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface ListedObject {
  readonly key: ObjectKey
  readonly writtenAt: Date
}

export interface PutOptions {
  readonly mediaType: string
  /** `Cache-Control` header that a CDN or a public bucket sends with the object. */
  readonly cacheControl?: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** S3 error codes for a missing object: `NotFound` from stat, `NoSuchKey` from get. */
const NOT_FOUND_CODES = new Set(['NotFound', 'NoSuchKey'])

type Page = Awaited<ReturnType<Client['listObjectsV2Query']>>

/** Keys in one page of a listing: the maximum of S3. */
const PAGE_SIZE = 1000

/** Retries transient errors, but no timeouts: after one, the caller's own timeout is close. */
const RETRY_POLICY: RetryPolicy = { attempts: 3, base: 50, cap: 400, retryable: isTransient }

/**
 * One private bucket. Every method throws `storeFailed` if the store does not answer or answers with an error.
 * A missing object is `undefined`, not an error.
 */
export class ObjectStore {
  readonly #minio: Client
  readonly #bucket: string
  /** Headers that are sent with each put and each copy. */
  readonly #encryption: Readonly<Record<string, string>>
  readonly #close: () => void

  constructor({ minio, agent }: StorageClient, bucket: string, encryption?: Encryption) {
    this.#minio = minio
    this.#bucket = bucket
    this.#encryption = encryptionHeaders(encryption)
    this.#close = () => agent.destroy()
  }

  static connect(settings: StorageSettings, timeout: number): ObjectStore {
    const client = createStorageClient(settings, timeout)
    return new ObjectStore(client, settings.bucket, settings.encryption)
  }

  async put(
    key: ObjectKey,
    bytes: Buffer,
    { mediaType, cacheControl, metadata }: PutOptions,
  ): Promise<void> {
    const custom = Object.entries(metadata ?? {}).map(([name, text]) => [
      `x-amz-meta-${name}`,
      text,
    ])
    const headers = {
      'Content-Type': mediaType,
      ...(cacheControl ? { 'Cache-Control': cacheControl } : {}),
      ...Object.fromEntries(custom),
      ...this.#encryption,
    }
    // In minio 8, putObject turns a Buffer into a stream and copies it, then calls uploadBuffer.
    // biome-ignore lint/complexity/useLiteralKeys: TypeScript allows access to a private method only in this form
    await this.#run(() => this.#minio['uploadBuffer'](this.#bucket, key, { ...headers }, bytes))
  }

  get(key: ObjectKey): Promise<Buffer | undefined> {
    return this.#run(async () => buffer(await this.#minio.getObject(this.#bucket, key)))
  }

  stat(key: ObjectKey): Promise<StoredObject | undefined> {
    return this.#run(async () => {
      const { size, metaData } = await this.#minio.statObject(this.#bucket, key)
      return { bytes: size, metadata: metaData }
    })
  }

  /** Copies an object within the bucket, with its metadata. Does nothing if the object is missing. */
  async copy(from: ObjectKey, to: ObjectKey): Promise<void> {
    const source = new CopySourceOptions({ Bucket: this.#bucket, Object: from })
    const target = new CopyDestinationOptions({
      Bucket: this.#bucket,
      Object: to,
      Headers: this.#encryption,
    })
    await this.#run(() => this.#minio.copyObject(source, target))
  }

  /** Removes objects. Succeeds for keys that do not exist. */
  async remove(keys: readonly ObjectKey[]): Promise<void> {
    if (keys.length === 0) return
    const errors = await this.#run(() => this.#minio.removeObjects(this.#bucket, [...keys]))
    const first = errors?.at(0)
    if (first) throw causedBy('storeFailed', new Error(JSON.stringify(first)))
  }

  /** Removes every object whose key begins with one of `prefixes`. Holds all keys in memory. */
  async removePrefix(...prefixes: string[]): Promise<void> {
    const keys: ObjectKey[] = []
    for (const prefix of prefixes) for await (const key of this.list(prefix)) keys.push(key)
    await this.remove(keys)
  }

  /** Lists the keys that begin with `prefix` and sort after `after`, in byte order. */
  async *list(prefix: string, after = ''): AsyncGenerator<ObjectKey> {
    for await (const { key } of this.listObjects(prefix, after)) yield key
  }

  /** Lists keys as `list` does, with the time of the last write. Each page is a request with its own retries. */
  async *listObjects(prefix: string, after = ''): AsyncGenerator<ListedObject> {
    for (let token: string | undefined = ''; token !== undefined; ) {
      const page: Page | undefined = await this.#listPage(prefix, after, token)
      for (const { name, lastModified } of page?.objects ?? [])
        if (name) yield { key: name as ObjectKey, writtenAt: lastModified ?? new Date() }
      token = page?.isTruncated ? page.nextContinuationToken : undefined
    }
  }

  #listPage(prefix: string, after: string, token: string): Promise<Page | undefined> {
    return this.#run(() =>
      this.#minio.listObjectsV2Query(this.#bucket, prefix, token, '', PAGE_SIZE, after),
    )
  }

  async ping(): Promise<void> {
    const exists = await this.#run(() => this.#minio.bucketExists(this.#bucket))
    if (!exists) throw causedBy('storeFailed', new Error(`Bucket ${this.#bucket} does not exist`))
  }

  close(): void {
    this.#close()
  }

  async #run<T>(operation: () => Promise<T>): Promise<T | undefined> {
    try {
      return await retry(operation, RETRY_POLICY)
    } catch (error) {
      if (NOT_FOUND_CODES.has((error as { code?: string }).code ?? '')) return undefined
      throw translateError(error)
    }
  }
}

const translateError = (error: unknown) => causedBy('storeFailed', withTlsAdvice(error, 'S3_CA'))

function encryptionHeaders(encryption: Encryption | undefined): Record<string, string> {
  const { algorithm, keyId } = encryption ?? {}
  return {
    ...(algorithm ? { 'x-amz-server-side-encryption': algorithm } : {}),
    ...(keyId ? { 'x-amz-server-side-encryption-aws-kms-key-id': keyId } : {}),
  }
}

const TRANSIENT_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
])

function isTransient(error: unknown): boolean {
  if (error instanceof StoreTimeoutError) return false
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return TRANSIENT_CODES.has(code) || message.includes('Retryable HTTP status')
}
