import type { Redis } from '@visage/shared/queue/redis-connection'
import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

const QUEUE_TIMEOUT = 500
/** Maximum milliseconds of an upload: one timeout to read the clock and one to add the job, plus slack. */
const SOON = 2 * QUEUE_TIMEOUT + 1000

/** Milliseconds in which the sweep and the other timers of a trial run once. */
const TIMERS = 2500

faultCase(
  { fault: 'Redis is frozen at accept', holds: 'the answer is a success within the timeout' },
  async (trial) => {
    await trial.startApi({ QUEUE_TIMEOUT: `${QUEUE_TIMEOUT}ms` })
    await trial.startWorker()
    await uploadSoon(trial, 'while nothing is wrong')
    trial.servers.redis.freeze()
    trial.times = 4
    for (let i = 0; i < trial.times; i++) await uploadSoon(trial, 'while Redis is frozen')
    trial.servers.redis.thaw()
    trial.startRecovery()
  },
)

const breaks = {
  'does not reach Redis': 'reset',
  'is delayed': 'hold',
  'gets no answer': 'mute',
} as const

for (const [what, effect] of Object.entries(breaks))
  faultCase(
    { fault: `adding the job ${what}`, holds: 'the upload is accepted and rendered' },
    async (trial) => {
      const { proxy, env } = await trial.link('redis')
      await trial.startApi({ ...env, QUEUE_TIMEOUT: `${QUEUE_TIMEOUT}ms` })
      await trial.startWorker()
      const adding = proxy.trap({ on: `${trial.world.env.QUEUE_PREFIX}:uploads:wait`, effect })
      await uploadSoon(trial, `while adding the job ${what}`)
      await adding.sprung
      trial.startRecovery()
      const outcome = () => trial.world.db('uploads').whereNotNull('finished_at').first()
      await eventually('the outcome', 20_000, outcome)
      adding.release()
    },
  )

/** Like a failover in which the old host disappears without closing its connections. */
faultCase(
  { fault: 'connections to Redis fall silent', holds: 'the apps open new ones' },
  async (trial) => {
    const { proxy, env } = await trial.link('redis')
    await trial.startApi(env)
    await trial.startWorker(env)
    await trial.upload('ada', await tiny())
    const before = proxy.connections
    proxy.trap({ on: 1, effect: 'hold', times: before })
    trial.startRecovery()
    await trial.upload('ada', await tiny())
    await eventually('new connections', 20_000, async () => proxy.connections > before)
  },
)

/** Limit of refused commands: far above a worker with backoff, far below a worker that retries at once. */
const HAMMERING = 500

faultCase(
  { fault: 'Redis is full', holds: 'uploads are accepted, and rendered once there is memory' },
  async (trial) => {
    await trial.startApi()
    await trial.startWorker()
    await uploadSoon(trial, 'while nothing is wrong')
    const { redis } = trial.world
    await redis.config('RESETSTAT')
    await redis.config('SET', 'maxmemory', '1')
    for (const until = Date.now() + TIMERS; Date.now() < until; trial.times++)
      await uploadSoon(trial, 'while Redis is full')
    expect(await refused(redis)).toBeLessThan(HAMMERING)
    await redis.config('SET', 'maxmemory', '0')
    trial.startRecovery()
  },
)

/** Returns the number of scripts that Redis refused. */
async function refused(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats')
  const counts = stats.matchAll(/^cmdstat_evalsha:.*rejected_calls=(\d+),failed_calls=(\d+)/gm)
  return [...counts].reduce(
    (sum, [, rejected, failed]) => sum + Number(rejected) + Number(failed),
    0,
  )
}

async function uploadSoon(trial: Trial, what: string): Promise<void> {
  const picture = await tiny()
  await stopwatch.time(what, SOON, () => trial.upload('ada', picture))
}
