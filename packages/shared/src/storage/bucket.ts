import { withTlsAdvice } from '../errors/tls.ts'
import { createStorageClient, type StorageSettings } from './client.ts'

const SETUP_TIMEOUT = 10_000

/** Makes the bucket where it is missing. A bucket is private unless a policy opens it; none is set. */
export async function createPrivateBucket(settings: StorageSettings): Promise<void> {
  const { minio, agent } = createStorageClient(settings, SETUP_TIMEOUT)
  try {
    if (!(await minio.bucketExists(settings.bucket))) {
      await minio.makeBucket(settings.bucket, settings.region).catch(ignoreExisting)
    }
  } catch (error) {
    throw withTlsAdvice(error, 'S3_CA')
  } finally {
    agent.destroy()
  }
}

/** Two processes may make it at once; the second is told that it exists. */
function ignoreExisting(error: { code?: string }): void {
  if (error.code !== 'BucketAlreadyOwnedByYou' && error.code !== 'BucketAlreadyExists') throw error
}
