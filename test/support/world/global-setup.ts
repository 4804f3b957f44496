import { migrateToLatest } from '@visage/shared/db/migrate'
import { createDatabase } from '@visage/stack/database'
import { startServers } from '@visage/stack/servers'
import { Terminal } from '@visage/stack/terminal'
import type { TestProject } from 'vitest/node'
import { buildHooks } from '../faults/build-hooks.ts'
import type { Environment } from './instances.ts'

export interface SharedServers {
  readonly databaseUrl: string
  /** Migrated template database that worlds copy. Without it, each world runs the migrations. */
  readonly template?: string
  /** Settings of Redis. */
  readonly redis: Environment
  readonly s3: { endpoint: string; accessKey: string; secretKey: string; region: string }
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: SharedServers
    /** Settings of the Redis Cluster that replaces the run's Redis, if any. */
    cluster: Environment | undefined
  }
}

const TEMPLATE = 'migrated'

/** Starts one Postgres, Redis and S3 for the whole run. Each world has a database, keys and a bucket in them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const terminal = new Terminal()
  terminal.notice('Starting Postgres, Redis and S3')
  const { postgres, redis, s3, stop } = await terminal.step(
    () => startServers(),
    () => 'Postgres, Redis and S3 started',
  )
  await buildHooks()
  await migrateToLatest(await createDatabase(postgres.url, TEMPLATE))
  const { endpoint, accessKey, secretKey, region } = s3
  project.provide('servers', {
    databaseUrl: postgres.url,
    template: TEMPLATE,
    redis: { REDIS_URL: redis.url },
    s3: { endpoint, accessKey, secretKey, region },
  })
  return stop
}
