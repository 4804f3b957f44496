import { createStorageClient, type StorageSettings } from '@visage/shared/storage/client'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { dropDatabase } from '@visage/stack/database'
import type { GivenServers } from '@visage/stack/servers'
import { Redis } from 'ioredis'
import { asObjectKey } from '../../test/support/domain/brands.ts'
import { bucketOf } from '../../test/support/world/world.ts'

/** Objects that are removed at once, and the milliseconds that they may take. */
const [BATCH, PATIENCE] = [1000, 60_000]

/**
 * Removes all that a world of this name may have in servers that were given, whether or not it was made in full.
 * @returns what may be left, each with the reason
 */
export async function removeTraces(
  name: string,
  { postgres, redis, s3 }: GivenServers,
): Promise<string[]> {
  const bucket = bucketOf(name)
  const left = await Promise.all([
    postgres && trouble(`database ${name}`, dropDatabase(postgres.url, name)),
    redis && trouble(`Redis keys ${name}:*`, removeKeys(redis.url, name)),
    s3 && trouble(`bucket ${bucket}`, removeBucket({ ...s3, bucket })),
  ])
  return left.filter((one) => one !== undefined)
}

function trouble(what: string, removal: Promise<void>): Promise<string | undefined> {
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
  const client = createStorageClient(settings, PATIENCE)
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
