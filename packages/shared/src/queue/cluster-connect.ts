import type { Cluster } from 'ioredis'

/**
 * Has a Cluster's `connect()` settle, and that of its duplicates, on which BullMQ blocks. That of ioredis 6.0 never
 * does where a node answers that the Cluster is down: ioredis tries again by itself, and connects in the end, but has
 * forgotten whom to tell (https://github.com/redis/ioredis/pull/741). BullMQ 6.7 waits for exactly that before a
 * worker takes its next job. Guarded by test/integration/redis-cluster-down.slow.test.ts.
 */
export function withSettlingConnect(cluster: Cluster): Cluster {
  const connect = cluster.connect.bind(cluster)
  cluster.connect = () =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error('The Cluster of Redis is down.'))
      cluster.once('close', fail)
      const forget = () => cluster.off('close', fail)
      connect().finally(forget).then(resolve, reject)
    })
  const duplicate = cluster.duplicate.bind(cluster)
  const settlingToo: typeof duplicate = (...given) =>
    withSettlingConnect(duplicate(...given) as Cluster)
  cluster.duplicate = settlingToo as typeof cluster.duplicate
  return cluster
}
