import { startServers } from '@visage/stack/servers'
import { Terminal } from '@visage/stack/terminal'
import type { TestProject } from 'vitest/node'
import type { Environment } from './world.ts'

export interface SharedServers {
  readonly databaseUrl: string
  /** The settings that lead to it. */
  readonly redis: Environment
  readonly s3: { endpoint: string; accessKey: string; secretKey: string; region: string }
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: SharedServers
    /** The settings that lead to the Redis Cluster which stands in for the run's Redis, where one does. */
    cluster: Environment | undefined
  }
}

/** One Postgres, Redis and S3 for the whole run; each test takes a database, keys and a bucket of its own in them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const terminal = new Terminal()
  terminal.notice('Starting Postgres, Redis and S3')
  const { postgres, redis, s3, stop } = await terminal.step(
    () => startServers(),
    () => 'Postgres, Redis and S3 started',
  )
  const { endpoint, accessKey, secretKey, region } = s3
  project.provide('servers', {
    databaseUrl: postgres.url,
    redis: { REDIS_URL: redis.url },
    s3: { endpoint, accessKey, secretKey, region },
  })
  return stop
}
