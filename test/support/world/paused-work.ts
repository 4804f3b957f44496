import { MAINTENANCE_QUEUE } from '@visage/shared/queue/upload-job'
import { Queue } from 'bullmq'
import { afterAll, beforeAll } from 'vitest'
import type { Environment, World } from './use-world.ts'

/**
 * Starts one worker for the file, whose queues are both paused, instead of one worker for each test.
 */
export function usePausedWorker(world: World, env?: Environment) {
  let maintenance: Queue
  beforeAll(async () => {
    maintenance = new Queue(MAINTENANCE_QUEUE, { connection: world.redis, prefix: world.prefix })
    await Promise.all([world.queue.pause(), maintenance.pause()])
    await world.startWorker(env)
  })
  afterAll(() => maintenance.close())
  return {
    /** Lets the worker process all waiting uploads. @returns their outcomes */
    async work(...uploads: string[]): Promise<string[]> {
      await world.queue.resume()
      const outcomes = await Promise.all(uploads.map((id) => world.outcome(id)))
      await world.queue.pause()
      return outcomes
    },
    /** Lets the worker run its maintenance tasks while `act` runs. */
    async maintain<T>(act: () => Promise<T>): Promise<T> {
      await maintenance.resume()
      const result = await act()
      await maintenance.pause()
      return result
    },
  }
}
