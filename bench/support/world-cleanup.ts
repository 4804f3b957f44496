import { createStorageClient, type StorageSettings } from '@visage/shared/storage/client'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { dropDatabase } from '@visage/stack/database'
import type { ExternalServers } from '@visage/stack/servers'
import { Redis } from 'ioredis'
import { asObjectKey } from '../../test/support/domain/brands.ts'
import { bucketOf } from '../../test/support/world/world.ts'

/** Objects per delete request, and milliseconds for one request. */
const [BATCH, TIMEOUT] = [1000, 60_000]

/**
 * Removes the database, the Redis keys and the bucket of a world from external servers. Some of them may not exist.
 * @returns a message for each of them that could not be removed
 */
export async function removeWorldData(
  name: string,
  { postgres, redis, s3 }: ExternalServers,
): Promise<string[]> {
  const bucket = bucketOf(name)
  const failures = await Promise.all([
    postgres && failureOf(`database ${name}`, dropDatabase(postgres.url, name)),
    redis && failureOf(`Redis keys ${name}:*`, removeKeys(redis.url, name)),
    s3 && failureOf(`bucket ${bucket}`, removeBucket({ ...s3, bucket })),
  ])
  return failures.filter((failure) => failure !== undefined)
}

function failureOf(what: string, removal: Promise<void>): Promise<string | undefined> {
  return removal.then(
    () => undefined,
    (error: Error) => `${what}: ${error.message}`,
  )
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 3 })
  redis.on('error', () => {})
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(...keys)
    }
  } finally {
    redis.disconnect()
  }
}

async function removeBucket(settings: StorageSettings): Promise<void> {
  const client = createStorageClient(settings, TIMEOUT)
  const store = new ObjectStore(client, settings.bucket)
  try {
    if (!(await client.minio.bucketExists(settings.bucket))) return
    const keys: string[] = []
    for await (const key of store.list('')) keys.push(key)
    for (let i = 0; i < keys.length; i += BATCH)
      await store.remove(keys.slice(i, i + BATCH).map(asObjectKey))
    await client.minio.removeBucket(settings.bucket)
  } finally {
    store.close()
  }
}
