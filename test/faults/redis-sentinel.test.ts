import { join } from 'node:path'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterEach, beforeEach, expect } from 'vitest'
import { Load } from '../support/faults/outage-load.ts'
import { nobodyIsBlamed } from '../support/faults/outage-state.ts'
import { tiny } from '../support/faults/pictures.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { SentinelSet } from '../support/redis/sentinel.ts'

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

/** Uploads that no worker takes. */
const UPLOADS = 5

async function uploadSome(trial: Trial): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < UPLOADS; i++) ids.push(await trial.upload(`user-${i}`, await tiny()))
  return ids
}

async function jobsIn({ world }: Trial, { client }: SentinelSet['master'], ids: string[]) {
  const keys = ids.map((id) => `${world.prefix}:uploads:${id}`)
  return client.exists(...keys)
}

async function killMaster(trial: Trial): Promise<void> {
  redis.master.server.kill('SIGKILL')
  trial.broke()
  await redis.promotion()
}

faultCase(
  { fault: 'the master of Sentinels is killed under load', holds: 'nothing is lost, none refused' },
  async (trial) => {
    await Promise.all([trial.startApi(), trial.startWorker(), trial.startWorker()])
    const load = new Load(trial)
    await load.reached(12)
    await killMaster(trial)
    await load.done
    await nobodyIsBlamed(trial)
    expect(load.refused).toBe(0)
  },
)

faultCase(
  {
    fault: 'a failover loses jobs that no replica had',
    holds: 'the sweep makes them again, and the newest wins',
  },
  async (trial) => {
    await trial.startApi()
    const copied = await uploadSome(trial)
    await redis.master.client.wait(1, 5000)
    await redis.stopReplication()
    const lost = await uploadSome(trial)
    expect(await jobsIn(trial, redis.master, lost)).toBe(UPLOADS)
    await killMaster(trial)
    expect(await jobsIn(trial, redis.replica, copied)).toBe(UPLOADS)
    expect(await jobsIn(trial, redis.replica, lost)).toBe(0)
    trial.broke()
    await trial.startWorker()
  },
)

faultCase(
  {
    fault: 'a master is made a replica under load',
    holds: 'the apps follow to the new one',
    extended: true,
  },
  async (trial) => {
    await Promise.all([trial.startApi(), trial.startWorker(), trial.startWorker()])
    const load = new Load(trial)
    await load.reached(12)
    await redis.failOver()
    trial.broke()
    await redis.promotion()
    await load.done
    await nobodyIsBlamed(trial)
    expect(load.refused).toBe(0)
  },
)
