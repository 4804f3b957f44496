import { withTlsAdvice } from '../errors/tls.ts'
import { publicGrants } from './bucket-policy.ts'
import { createStorageClient, type StorageClient, type StorageSettings } from './client.ts'

const SETUP_TIMEOUT = 10_000

/** Makes the bucket where it is missing. A bucket is private unless a policy opens it; none is set. */
export function createPrivateBucket(settings: StorageSettings): Promise<void> {
  return withClient(settings, async ({ minio }) => {
    if (!(await minio.bucketExists(settings.bucket))) {
      await minio.makeBucket(settings.bucket, settings.region).catch(ignoreExisting)
    }
  })
}

/** Two processes may make it at once; the second is told that it exists. */
function ignoreExisting(error: { code?: string }): void {
  if (error.code !== 'BucketAlreadyOwnedByYou' && error.code !== 'BucketAlreadyExists') throw error
}

/** `opened`: what the bucket's policy lets anybody do besides reading variants. */
export type PublicAccess = { readonly opened: readonly string[] } | { readonly unknown: string }

/** Answers of a store that has no policies, or keeps them from this key. */
const UNREADABLE_CODES = new Set(['AccessDenied', 'MethodNotAllowed', 'NotImplemented'])

/** Whether anybody can do something with the bucket by its policy. */
export function readPublicAccess(settings: StorageSettings): Promise<PublicAccess> {
  return withClient(settings, async ({ minio }) => {
    try {
      return { opened: publicGrants(await minio.getBucketPolicy(settings.bucket), settings.bucket) }
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (code === 'NoSuchBucketPolicy') return { opened: [] }
      if (UNREADABLE_CODES.has(code)) return { unknown: code }
      throw error
    }
  })
}

async function withClient<T>(
  settings: StorageSettings,
  work: (client: StorageClient) => Promise<T>,
): Promise<T> {
  const client = createStorageClient(settings, SETUP_TIMEOUT)
  try {
    return await work(client)
  } catch (error) {
    throw withTlsAdvice(error, 'S3_CA')
  } finally {
    client.agent.destroy()
  }
}
