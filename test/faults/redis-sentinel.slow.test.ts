import { join } from 'node:path'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterEach, beforeEach, expect } from 'vitest'
import { Load } from '../support/faults/outage-load.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { SentinelSet } from '../support/servers/redis/sentinel.ts'

let dir: string
let redis: SentinelSet
const faultCase = faultSuite(() => redis.env)

beforeEach(async () => {
  dir = temporaryFolder()
  redis = await SentinelSet.open(join(dir, 'redis'))
})
afterEach(async () => {
  await redis.stop()
  removeServersFolder(dir)
})

/** Number of uploads whose jobs no worker takes. */
const UPLOADS = 5

async function uploadSome(trial: Trial): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < UPLOADS; i++) ids.push(await trial.upload(`user-${i}`, await tiny()))
  return ids
}

/** Returns how many of these jobs the server has. */
const jobsIn = ({ client }: SentinelSet['master'], { world }: Trial, ids: readonly string[]) =>
  client.exists(...ids.map((id) => `${world.prefix}:uploads:${id}`))

async function underLoad(trial: Trial): Promise<Load> {
  await Promise.all([trial.startApi(), trial.startWorker(), trial.startWorker()])
  const load = new Load(trial)
  await load.reached(12)
  return load
}

/**
 * Waits for the promotion and the end of the load. Finished jobs may run again, as the new master may lack their results.
 */
async function finishAfterFailover(load: Load): Promise<void> {
  await redis.promotion()
  await load.done
  expect(load.refused).toBe(0)
}

faultCase(
  {
    fault: 'the master of Sentinels is killed with jobs that no replica has',
    holds: 'no upload is lost or refused, and the newest wins',
  },
  async (trial) => {
    const load = await underLoad(trial)
    await redis.stopReplication()
    await trial.world.queue.pause()
    const lost = await uploadSome(trial)
    expect(await jobsIn(redis.master, trial, lost)).toBe(UPLOADS)
    expect(await jobsIn(redis.replica, trial, lost)).toBe(0)
    redis.master.server.kill('SIGKILL')
    trial.startRecovery()
    await finishAfterFailover(load)
  },
)

faultCase(
  {
    fault: 'a master is made a replica under load',
    holds: 'the apps connect to the new master',
  },
  async (trial) => {
    const load = await underLoad(trial)
    await redis.failOver()
    trial.startRecovery()
    await finishAfterFailover(load)
  },
)
