import { startServers } from '@visage/stack/servers'
import type { TestProject } from 'vitest/node'

export interface SharedServers {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly s3: { endpoint: string; accessKey: string; secretKey: string; region: string }
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: SharedServers
  }
}

/** One Postgres, Redis and S3 for the whole run; each test takes a database, keys and a bucket of its own in them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { postgres, redis, s3, stop } = await startServers()
  const { endpoint, accessKey, secretKey, region } = s3
  project.provide('servers', {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    s3: { endpoint, accessKey, secretKey, region },
  })
  return stop
}
