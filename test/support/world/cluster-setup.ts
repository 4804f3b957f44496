import { join } from 'node:path'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import type { TestProject } from 'vitest/node'
import { startRedisCluster } from '../servers/redis/cluster.ts'

/** Starts one Redis Cluster for the tests that run on it. Their other servers are those of the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = temporaryFolder()
  const cluster = await startRedisCluster(join(dir, 'cluster'))
  project.provide('cluster', cluster.env)
  return async () => {
    await cluster.stop()
    removeServersFolder(dir)
  }
}
