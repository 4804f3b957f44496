import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { offer } from '../support/faults/outage-offer.ts'
import { readiness } from '../support/faults/outage-ready.ts'
import { type PartName, roadTo, type WayName, ways } from '../support/faults/outage-road.ts'
import { stopped } from '../support/faults/outage-stop.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { receiptRow } from '../support/world/state.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

const CLEAN = { code: 0, signal: null }
/** Milliseconds that a stop may take whose jobs wait for one server. */
const SOON = 15_000

const parts = {
  redis: { name: 'Redis', upload: 0 },
  postgres: { name: 'Postgres', upload: 0 },
  s3: { name: 'object store', upload: 50004 },
} as const

for (const part of Object.keys(parts) as PartName[])
  for (const way of ['is killed', 'is frozen'] as const) {
    faultCase(
      { fault: `boot while ${parts[part].name} ${way}`, holds: 'no restart is needed after it' },
      (trial) => bootWithout(part, way, trial),
    )
    faultCase(
      { fault: `stop while ${parts[part].name} ${way}`, holds: 'exit 0, and soon' },
      (trial) => stopWithout(part, way, trial),
    )
  }

async function bootWithout(part: PartName, way: WayName, trial: Trial): Promise<void> {
  const road = await roadTo(part, trial)
  await ways[way].away(road)
  const start = () => Promise.all([trial.startApi(road.env), trial.startWorker(road.env)])
  const apps = await stopwatch.time(`boot while ${parts[part].name} ${way}`, 10_000, start)
  const { json } = await offer(trial, 'ada', await tiny())
  expect(json).toMatchObject({ code: parts[part].upload })
  await ways[way].back(road)
  trial.broke()
  await eventually('ready', 20_000, async () => {
    const said = await Promise.all(apps.map(readiness))
    return said.every(({ status }) => status === 'ready')
  })
  await trial.upload('ada', await tiny())
}

async function stopWithout(part: PartName, way: WayName, trial: Trial): Promise<void> {
  const road = await roadTo(part, trial)
  const [api, worker] = await Promise.all([
    trial.startApi(road.env),
    trial.startHookWorker({ env: road.env }),
  ])
  const commit = trial.gates.hold({ step: 'commit', at: 'before' })
  const upload = await trial.upload('ada', await tiny())
  await commit.reached()
  await ways[way].away(road)
  for (const app of [api, worker]) app.kill('SIGTERM')
  commit.release()
  const name = `while ${parts[part].name} ${way}`
  const ends = await Promise.all([
    stopwatch.time(`the API stops ${name}`, SOON, () => stopped(api)),
    stopwatch.time(`a worker stops ${name}`, SOON, () => stopped(worker)),
  ])
  expect(ends).toEqual([CLEAN, CLEAN])
  // What runs is finished, as it does not take Redis to do so.
  if (part === 'redis') await expectReady(trial, upload)
  await ways[way].back(road)
  trial.broke()
  await trial.startWorker()
}

async function expectReady({ world }: Trial, upload: string): Promise<void> {
  expect(await receiptRow(world, upload)).toMatchObject({ state: 'ready' })
}
