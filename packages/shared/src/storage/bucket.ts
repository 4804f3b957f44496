import { withTlsAdvice } from '../errors/tls.ts'
import { publicGrants } from './bucket-policy.ts'
import { createStorageClient, type StorageClient, type StorageSettings } from './client.ts'

/** Timeout of one request, in milliseconds. */
const SETUP_TIMEOUT = 10_000

/** Creates the bucket if it is missing. The new bucket has no policy, so it is private. */
export function createPrivateBucket(settings: StorageSettings): Promise<void> {
  return withClient(settings, async ({ minio }) => {
    if (!(await minio.bucketExists(settings.bucket))) {
      await minio.makeBucket(settings.bucket, settings.region).catch(ignoreExisting)
    }
  })
}

/** Two processes can create the bucket at the same time. The second one gets an error that the bucket exists. */
function ignoreExisting(error: { code?: string }): void {
  if (error.code !== 'BucketAlreadyOwnedByYou' && error.code !== 'BucketAlreadyExists') throw error
}

/**
 * `grants`: permissions that the bucket's policy grants to everybody, except reading variants. `unknown`: the S3 error
 * code if the policy cannot be read.
 */
export type PublicAccess = { readonly grants: readonly string[] } | { readonly unknown: string }

/** Error codes of a store that has no policies, or does not let this access key read them. */
const UNREADABLE_CODES = new Set(['AccessDenied', 'MethodNotAllowed', 'NotImplemented'])

/** Reads the bucket's policy and lists its public permissions. */
export function readPublicAccess(settings: StorageSettings): Promise<PublicAccess> {
  return withClient(settings, async ({ minio }) => {
    try {
      return { grants: publicGrants(await minio.getBucketPolicy(settings.bucket), settings.bucket) }
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (code === 'NoSuchBucketPolicy') return { grants: [] }
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
