import type { Cluster } from 'ioredis'

/**
 * Makes `connect()` of a Cluster and of its duplicates settle. In ioredis 6.0 the promise never settles if a node
 * answers that the Cluster is down. ioredis reconnects by itself but does not resolve the promise
 * (https://github.com/redis/ioredis/pull/741). BullMQ 6.7 awaits the promise on a duplicate before a worker takes its
 * next job. Guarded by test/integration/redis-cluster-down.slow.test.ts.
 */
export function withSettlingConnect(cluster: Cluster): Cluster {
  const connect = cluster.connect.bind(cluster)
  cluster.connect = () =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error('The Redis Cluster is down'))
      cluster.once('close', fail)
      const removeListener = () => cluster.off('close', fail)
      connect().finally(removeListener).then(resolve, reject)
    })
  const duplicate = cluster.duplicate.bind(cluster)
  const duplicateWithSettlingConnect: typeof duplicate = (...args) =>
    withSettlingConnect(duplicate(...args) as Cluster)
  cluster.duplicate = duplicateWithSettlingConnect as typeof cluster.duplicate
  return cluster
}
