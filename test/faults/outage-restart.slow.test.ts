import { expect } from 'vitest'
import { Load } from '../support/faults/outage-load.ts'
import type { ServerName } from '../support/faults/outage-server.ts'
import { waitForOutcomesWithoutCrash } from '../support/faults/outage-state.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'

const faultCase = faultSuite()

const names = { redis: 'Redis', postgres: 'Postgres', s3: 'object store' } as const
const restarts = { 'is restarted': 'stop', 'is killed and started': 'kill' } as const
/** Number of restarts in one case. Uploads continue before, between and after them. */
const TIMES = 3
const BETWEEN = 12

for (const server of Object.keys(names) as ServerName[])
  for (const [what, stopMethod] of Object.entries(restarts))
    faultCase(
      {
        fault: `${names[server]} ${what} under load`,
        holds: 'no upload is lost, and no crash is recorded',
      },
      (trial) => restartUnderLoad(server, stopMethod, trial),
    )

async function restartUnderLoad(
  server: ServerName,
  stopMethod: 'stop' | 'kill',
  trial: Trial,
): Promise<void> {
  await Promise.all([trial.startApi(), trial.startWorker(), trial.startWorker()])
  const load = new Load(trial)
  trial.times = TIMES
  for (let i = 1; i <= TIMES; i++) {
    await load.reached(i * BETWEEN)
    await trial.servers[server][stopMethod]()
    await trial.servers[server].start()
    trial.startRecovery()
  }
  await load.done
  await waitForOutcomesWithoutCrash(trial)
  if (server !== 's3') expect(load.refused).toBe(0)
}
