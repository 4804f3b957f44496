import type { Upload } from '@visage/shared/avatar/upload'
import { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import { waitForRedis } from '@visage/shared/queue/redis-connection'
import { untraced } from '@visage/shared/tracing/tracing'
import { readConfig } from '../../../apps/worker/src/config.ts'
import { connect, type WorkerServices } from '../../../apps/worker/src/services.ts'
import { asUserId } from '../domain/brands.ts'
import { silent } from '../domain/log.ts'
import { unscraped } from '../domain/metrics.ts'
import { uploadAt } from '../domain/uploads.ts'
import type { World } from './use-world.ts'

export interface MaintenanceServices extends WorkerServices {
  close(): Promise<void>
}

/** Connects the services of a worker without starting one. */
export async function connectServices({ env }: Pick<World, 'env'>): Promise<MaintenanceServices> {
  const shutdown = new ShutdownSteps(silent)
  const context = { log: silent, shutdown, tracing: untraced, metrics: unscraped.worker }
  const connections = connect(readConfig(env), context)
  await waitForRedis(connections.redis, 10_000)
  return { ...connections, close: () => shutdown.stop() }
}

/** Empties the bucket, the queue and the database of the world. */
export async function empty({ store, queue, db }: World): Promise<void> {
  await store.removePrefix('')
  await queue.obliterate({ force: true })
  await db.raw('truncate avatars, uploads, purges, removals')
}

export const MINUTE = 60_000

let users = 0

/** Stores the raw object of an upload that was accepted `age` milliseconds ago and has no job. */
export async function accept(
  { raw }: Pick<MaintenanceServices, 'raw'>,
  bytes: Buffer,
  age = 10 * MINUTE,
  user = `user-${++users}`,
): Promise<Upload> {
  const upload = { ...uploadAt(Date.now() - age, asUserId(user)), bytes: bytes.length }
  await raw.put(upload, bytes)
  return upload
}
