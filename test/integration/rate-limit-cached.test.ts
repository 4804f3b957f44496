import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { connectRedis, waitForRedis } from '@visage/shared/queue/redis-connection'
import { expect, onTestFinished, test } from 'vitest'
import { openLimiters } from '../../apps/api/src/rate-limit/limiter.ts'
import { silent } from '../support/domain/log.ts'
import { unscraped } from '../support/domain/metrics.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
const QUOTA = [{ name: '1m', amount: 2, window: 60 }]

/** Counts `times` requests of one client.  @returns whether the last one was refused */
async function isRefused(
  limiter: { count(client: string): Promise<readonly { exceeded: boolean }[]> },
  times: number,
) {
  let states: readonly { exceeded: boolean }[] = []
  for (let i = 0; i < times; i++) states = await limiter.count('192.0.2.1')
  return states.some(({ exceeded }) => exceeded)
}

test('a refused anonymous address stays refused without Redis, and a refused user does not', async () => {
  const redis = connectRedis(readSettings(redisSettings, world.env), 'producer', 1000, silent)
  onTestFinished(() => redis.disconnect())
  await waitForRedis(redis, 5000)
  const config = {
    rateLimit: QUOTA,
    rateLimitAnonymous: QUOTA,
    queuePrefix: `${world.env.QUEUE_PREFIX}`,
    queueTimeout: 1000,
  }
  const { anonymous, uploads } = openLimiters(redis, config, unscraped.api)
  expect([await isRefused(anonymous, 4), await isRefused(uploads, 4)]).toEqual([true, true])
  redis.disconnect()
  expect([await isRefused(anonymous, 1), await isRefused(uploads, 1)]).toEqual([true, false])
})
