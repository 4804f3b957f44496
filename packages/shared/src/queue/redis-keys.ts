import type { Redis } from './redis-modes.ts'
import { UPLOAD_QUEUE } from './upload-job.ts'

/**
 * Returns the options of every BullMQ object. A Redis Cluster runs a script only on keys of one slot, and the text in
 * braces selects the slot. In a Cluster the whole prefix gets braces, so all its queues share one slot. A prefix that
 * contains braces is unchanged.
 */
export function bullmqOptions(redis: Redis, prefix: string): { connection: Redis; prefix: string } {
  const isTagged = !redis.isCluster || /\{[^}]+\}/.test(prefix)
  return { connection: redis, prefix: isTagged ? prefix : `{${prefix}}` }
}

/** Returns a key in the queue's slot. */
export function queueKey(redis: Redis, prefix: string): string {
  return `${bullmqOptions(redis, prefix).prefix}:${UPLOAD_QUEUE}:meta`
}
