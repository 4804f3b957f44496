import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { tryPut } from '../support/faults/outage-put.ts'
import { readiness } from '../support/faults/outage-ready.ts'
import {
  type OutageName,
  proxyServer,
  type ServerName,
  serverOutages,
} from '../support/faults/outage-server.ts'
import { waitForExit } from '../support/faults/outage-stop.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { receiptRow } from '../support/world/state.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

const CLEAN = { code: 0, signal: null }
/** Maximum milliseconds of a stop while jobs wait for one server. */
const SOON = 15_000

const expected = {
  redis: { name: 'Redis', upload: 0 },
  postgres: { name: 'Postgres', upload: 0 },
  s3: { name: 'object store', upload: 50004 },
} as const

for (const server of Object.keys(expected) as ServerName[])
  for (const outage of ['is killed', 'is frozen'] as const) {
    faultCase(
      {
        fault: `boot while ${expected[server].name} ${outage}`,
        holds: 'the apps become ready after it without a restart',
      },
      (trial) => bootWithout(server, outage, trial),
    )
    faultCase(
      {
        fault: `stop while ${expected[server].name} ${outage}`,
        holds: 'it exits 0 within the bound',
      },
      (trial) => stopWithout(server, outage, trial),
    )
  }

async function bootWithout(server: ServerName, outage: OutageName, trial: Trial): Promise<void> {
  const proxied = await proxyServer(server, trial)
  await serverOutages[outage].begin(proxied)
  const start = () => Promise.all([trial.startApi(proxied.env), trial.startWorker(proxied.env)])
  const apps = await stopwatch.time(`boot while ${expected[server].name} ${outage}`, 10_000, start)
  const { json } = await tryPut(trial, 'ada', await tiny())
  expect(json).toMatchObject({ code: expected[server].upload })
  await serverOutages[outage].end(proxied)
  trial.startRecovery()
  await eventually('ready', 20_000, async () => {
    const said = await Promise.all(apps.map(readiness))
    return said.every(({ status }) => status === 'ready')
  })
  await trial.upload('ada', await tiny())
}

async function stopWithout(server: ServerName, outage: OutageName, trial: Trial): Promise<void> {
  const proxied = await proxyServer(server, trial)
  const [api, worker] = await Promise.all([
    trial.startApi(proxied.env),
    trial.startHookWorker({ env: proxied.env }),
  ])
  const commit = trial.gates.hold({ step: 'commit', at: 'before' })
  const upload = await trial.upload('ada', await tiny())
  await commit.reached()
  await serverOutages[outage].begin(proxied)
  for (const app of [api, worker]) app.kill('SIGTERM')
  commit.release()
  const name = `while ${expected[server].name} ${outage}`
  const exits = await Promise.all([
    stopwatch.time(`the API stops ${name}`, SOON, () => waitForExit(api)),
    stopwatch.time(`a worker stops ${name}`, SOON, () => waitForExit(worker)),
  ])
  expect(exits).toEqual([CLEAN, CLEAN])
  // A running job finishes, as it does not need Redis.
  if (server === 'redis') await expectReady(trial, upload)
  await serverOutages[outage].end(proxied)
  trial.startRecovery()
  await trial.startWorker()
}

async function expectReady({ world }: Trial, upload: string): Promise<void> {
  expect(await receiptRow(world, upload)).toMatchObject({ state: 'ready' })
}
