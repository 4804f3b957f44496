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
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface ListedObject {
  readonly key: ObjectKey
  readonly writtenAt: Date
}

export interface PutOptions {
  readonly mediaType: string
  /** What a CDN or a public bucket sends with it. */
  readonly cacheControl?: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** The codes with which S3 says that an object is not there: from a stat, and from a get. */
const MISSING = new Set(['NotFound', 'NoSuchKey'])

type Page = Awaited<ReturnType<Client['listObjectsV2Query']>>

/** Keys that are listed at once, which is as many as S3 gives. */
const PAGE = 1000

/** Quick failures are tried again; a timeout is not, since the caller's own patience is near its end by then. */
const POLICY: RetryPolicy = { attempts: 3, base: 50, cap: 400, retryable: isPassing }

/**
 * One private bucket. Every method throws `storeFailed` where the store does not answer, or answers
 * with an error; an object that is not there is `undefined`, never an error.
 */
export class ObjectStore {
  readonly #minio: Client
  readonly #bucket: string
  /** Sent with each object that is written, by a copy too. */
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
    const named = Object.entries(metadata ?? {}).map(([name, text]) => [`x-amz-meta-${name}`, text])
    const headers = {
      'Content-Type': mediaType,
      ...(cacheControl ? { 'Cache-Control': cacheControl } : {}),
      ...Object.fromEntries(named),
      ...this.#encryption,
    }
    // minio 8 has putObject make a stream of a Buffer and a copy of that: this is what it then calls.
    // biome-ignore lint/complexity/useLiteralKeys: TypeScript lets a private method be named only so
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

  /** Copies within the bucket, metadata included. What is not there is not copied. */
  async copy(from: ObjectKey, to: ObjectKey): Promise<void> {
    const source = new CopySourceOptions({ Bucket: this.#bucket, Object: from })
    const target = new CopyDestinationOptions({
      Bucket: this.#bucket,
      Object: to,
      Headers: this.#encryption,
    })
    await this.#run(() => this.#minio.copyObject(source, target))
  }

  /** Removing what is not there is success. */
  async remove(keys: readonly ObjectKey[]): Promise<void> {
    if (keys.length === 0) return
    const refused = await this.#run(() => this.#minio.removeObjects(this.#bucket, [...keys]))
    const failed = refused?.at(0)
    if (failed) throw causedBy('storeFailed', new Error(JSON.stringify(failed)))
  }

  /** Removes every object whose key begins with one of `prefixes`; meant for the few of a picture. */
  async removePrefix(...prefixes: string[]): Promise<void> {
    const keys: ObjectKey[] = []
    for (const prefix of prefixes) for await (const key of this.list(prefix)) keys.push(key)
    await this.remove(keys)
  }

  /** Keys that begin with `prefix`, in the order of their bytes, from the first one after `after`. */
  async *list(prefix: string, after = ''): AsyncGenerator<ObjectKey> {
    for await (const { key } of this.listObjects(prefix, after)) yield key
  }

  /** The same with the time of each one's last writing. Each page is a request of its own, tried again as any other is. */
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
      this.#minio.listObjectsV2Query(this.#bucket, prefix, token, '', PAGE, after),
    )
  }

  async ping(): Promise<void> {
    const exists = await this.#run(() => this.#minio.bucketExists(this.#bucket))
    if (!exists) throw causedBy('storeFailed', new Error('the bucket does not exist'))
  }

  close(): void {
    this.#close()
  }

  async #run<T>(operation: () => Promise<T>): Promise<T | undefined> {
    try {
      return await retry(operation, POLICY)
    } catch (error) {
      if (MISSING.has((error as { code?: string }).code ?? '')) return undefined
      throw failed(error)
    }
  }
}

const failed = (error: unknown) => causedBy('storeFailed', withTlsAdvice(error, 'S3_CA'))

function encryptionHeaders(encryption: Encryption | undefined): Record<string, string> {
  const { algorithm, keyId } = encryption ?? {}
  return {
    ...(algorithm ? { 'x-amz-server-side-encryption': algorithm } : {}),
    ...(keyId ? { 'x-amz-server-side-encryption-aws-kms-key-id': keyId } : {}),
  }
}

const PASSING_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
])

function isPassing(error: unknown): boolean {
  if (error instanceof StoreTimeoutError) return false
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return PASSING_CODES.has(code) || message.includes('Retryable HTTP status')
}
