import { join } from 'node:path'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { connectRedis } from '@visage/shared/queue/redis-connection'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import type { Cluster } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silent } from '../support/domain/log.ts'
import { areDown, type RedisCluster, startRedisCluster } from '../support/servers/redis/cluster.ts'

let dir: string
let redis: RedisCluster
beforeEach(async () => {
  dir = temporaryFolder()
  redis = await startRedisCluster(join(dir, 'redis'))
})
afterEach(async () => {
  await redis.stop()
  removeServersFolder(dir)
})

/** Kills a master that has no replica, so that the Cluster is down. */
async function breakCluster(): Promise<void> {
  const [broken, ...others] = redis.nodes
  broken?.server.kill('SIGKILL')
  await areDown(others)
}

test('a connection to a Cluster that is down fails within the timeout, and so does a duplicate', async () => {
  const first = connectRedis(
    readSettings(redisSettings, redis.env),
    'consumer',
    0,
    silent,
  ) as Cluster
  const clients = [first, first.duplicate()]
  try {
    await breakCluster()
    for (const client of clients) {
      client.on('error', () => undefined)
      const ended = new Promise((resolve) => client.once('end', resolve))
      client.disconnect()
      await ended
      await expect(client.connect()).rejects.toThrow('Cluster')
    }
  } finally {
    for (const client of clients) client.disconnect()
  }
})
