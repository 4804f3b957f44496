import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { expect, inject, test } from 'vitest'
import { createWorld } from '../support/visage.ts'

test.each(['startApi', 'startWorker'] as const)(
  '%s stops cleanly, and long before its deadline, while Redis is away',
  async (start) => {
    const dir = temporaryFolder()
    const redis = await startRedis({ dir })
    const world = await createWorld({ ...inject('servers'), redisUrl: redis.url })
    try {
      const app = await world[start]({ STOP_TIMEOUT: '15s' })
      redis.kill('SIGKILL')
      await redis.exited
      app.kill('SIGTERM')
      expect(await app.exited).toEqual({ code: 0, signal: null })
    } finally {
      await world.close()
      await redis.stop()
      removeServersFolder(dir)
    }
  },
)
