import { join } from 'node:path'
import { queueKey } from '@visage/shared/queue/keys'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterEach, beforeEach, expect } from 'vitest'
import { Load } from '../support/faults/outage-load.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis/cluster.ts'

let dir: string
let redis: RedisCluster
const faultCase = faultSuite(() => redis.env)

beforeEach(async () => {
  dir = temporaryFolder()
  redis = await startRedisCluster(join(dir, 'redis'), { replicated: true })
})
afterEach(async () => {
  await redis.stop()
  removeServersFolder(dir)
})

/** The master of the queue: the others know of it, and say so. */
async function queueNode({ world }: Trial) {
  const key = queueKey(world.redis, `${world.env.QUEUE_PREFIX}`)
  const has = redis.nodes.map(({ client }) =>
    client.exists(key).then(
      () => true,
      () => false,
    ),
  )
  const index = (await Promise.all(has)).indexOf(true)
  const node = redis.nodes[index]
  if (!node) throw new Error('no node has the queue')
  return node
}

const ways = { 'is killed': 'SIGKILL', 'is frozen': 'SIGSTOP' } as const

for (const [what, signal] of Object.entries(ways))
  faultCase(
    {
      fault: `the queue's node of a Cluster ${what} under load`,
      holds: 'nothing is lost, none refused',
      extended: true,
      within: 60_000,
      seconds: 150,
    },
    async (trial) => {
      await Promise.all([trial.startApi(), trial.startWorker(), trial.startWorker()])
      const load = new Load(trial)
      await load.reached(12)
      const { server } = await queueNode(trial)
      server.kill(signal)
      trial.broke()
      await load.done
      expect(load.refused).toBe(0)
    },
  )
