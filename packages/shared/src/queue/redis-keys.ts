import type { Redis } from './redis-modes.ts'
import { UPLOAD_QUEUE } from './upload-job.ts'

/**
 * What each BullMQ object is opened with. A Cluster runs a script only on keys of one slot, which is decided
 * by what stands in braces: there all queues of a prefix share one. A prefix that has braces is left as it is.
 */
export function bullmqOptions(redis: Redis, prefix: string): { connection: Redis; prefix: string } {
  const isTagged = !redis.isCluster || /\{[^}]+\}/.test(prefix)
  return { connection: redis, prefix: isTagged ? prefix : `{${prefix}}` }
}

/** A key in the queue's slot. */
export function queueKey(redis: Redis, prefix: string): string {
  return `${bullmqOptions(redis, prefix).prefix}:${UPLOAD_QUEUE}:meta`
}
