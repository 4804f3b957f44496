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
/** The time is asked for, and then the job is added: each may take as long. */
const SOON = 2 * QUEUE_TIMEOUT + 1000

/** By then the sweep and the other timers of a trial have come round, in milliseconds. */
const TIMERS = 2500

faultCase(
  { fault: 'Redis is frozen at accept', holds: 'the answer is a success, and soon' },
  async (trial) => {
    await trial.startApi({ QUEUE_TIMEOUT: `${QUEUE_TIMEOUT}ms` })
    await trial.startWorker()
    await uploadSoon(trial, 'while nothing is wrong')
    trial.servers.redis.freeze()
    trial.times = 4
    for (let i = 0; i < trial.times; i++) await uploadSoon(trial, 'while Redis is frozen')
    trial.servers.redis.thaw()
    trial.broke()
  },
)

const breaks = {
  'never gets there': 'reset',
  'is on its way for long': 'hold',
  'gets no answer': 'mute',
} as const

for (const [what, effect] of Object.entries(breaks))
  faultCase(
    { fault: `adding the job ${what}`, holds: 'the upload is accepted, and rendered' },
    async (trial) => {
      const { proxy, env } = await trial.link('redis')
      await trial.startApi({ ...env, QUEUE_TIMEOUT: `${QUEUE_TIMEOUT}ms` })
      await trial.startWorker()
      const adding = proxy.trap({ on: `${trial.world.env.QUEUE_PREFIX}:uploads:wait`, effect })
      await uploadSoon(trial, `while adding the job ${what}`)
      await adding.sprung
      trial.broke()
      const outcome = () => trial.world.db('uploads').whereNotNull('finished_at').first()
      await eventually('the outcome', 20_000, outcome)
      adding.release()
    },
  )

/** What a failover does whose old host is simply gone: nobody is told. */
faultCase(
  { fault: 'connections to Redis fall silent', holds: 'the apps make new ones by themselves' },
  async (trial) => {
    const { proxy, env } = await trial.link('redis')
    await trial.startApi(env)
    await trial.startWorker(env)
    await trial.upload('ada', await tiny())
    const before = proxy.connections
    proxy.trap({ on: 1, effect: 'hold', times: before })
    trial.broke()
    await trial.upload('ada', await tiny())
    await eventually('new connections', 20_000, async () => proxy.connections > before)
  },
)

/** Far more than a patient worker is refused in that time, and far less than one that asks again at once. */
const HAMMERING = 500

faultCase(
  { fault: 'Redis is full', holds: 'uploads are accepted, and rendered once there is room' },
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
    trial.broke()
  },
)

/** Scripts that Redis would not run. */
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
