import type { Redis } from '@visage/shared/queue/redis-connection'
import { Cluster } from 'ioredis'
import type { World } from '../../world/world.ts'

/** The servers that hold the keys. */
const mastersOf = (redis: Redis) => (redis instanceof Cluster ? redis.nodes('master') : [redis])

/** The keys of this world that end so, BullMQ's included; `*` stands for anything. */
export async function keysInRedis({ redis, env }: World, end = '*'): Promise<string[]> {
  const pattern = `*${env.QUEUE_PREFIX}*${end}`
  const found = await Promise.all(mastersOf(redis).map((master) => master.keys(pattern)))
  return found.flat()
}

/** One by one, since those of a Cluster lie in many slots. */
export async function removeFromRedis({ redis }: World, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => redis.del(key)))
}

/** Redis loses all that it knows of this world. */
export async function emptyRedis(world: World): Promise<void> {
  await removeFromRedis(world, await keysInRedis(world))
}
