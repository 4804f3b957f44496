import type { Redis } from '@visage/shared/queue/redis-connection'
import { Cluster } from 'ioredis'
import type { World } from '../../world/world.ts'

/** Returns a connection to each server that holds keys. */
const mastersOf = (redis: Redis) => (redis instanceof Cluster ? redis.nodes('master') : [redis])

/** Returns the keys of this world with this ending, including those of BullMQ. `*` matches any text. */
export async function keysInRedis({ redis, env }: World, end = '*'): Promise<string[]> {
  const pattern = `*${env.QUEUE_PREFIX}*${end}`
  const found = await Promise.all(mastersOf(redis).map((master) => master.keys(pattern)))
  return found.flat()
}

/** Deletes the keys one by one, as those of a Cluster are in many slots. */
export async function removeFromRedis({ redis }: World, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => redis.del(key)))
}

/** Deletes every key of this world. */
export async function emptyRedis(world: World): Promise<void> {
  await removeFromRedis(world, await keysInRedis(world))
}
