import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { App } from '@visage/stack/app'
import { asRevision } from '../domain/brands.ts'
import { eventually } from '../domain/eventually.ts'
import { readiness } from './outage-ready.ts'
import { waitForAcknowledgements } from './outage-state.ts'
import type { Trial } from './trial.ts'

/** Maximum milliseconds of a stop: the default of STOP_TIMEOUT plus slack for a busy machine. */
const DEADLINE = 25_000 + 5000

/** Sends SIGTERM. Resolves once `/readyz` says `stopping`. */
export async function requestStop(app: App): Promise<void> {
  app.kill('SIGTERM')
  await eventually('stopping', 10_000, async () => (await readiness(app)).status === 'stopping')
}

/** Resolves with the exit of a process that got SIGTERM. */
export async function waitForExit(app: App): Promise<unknown> {
  return withTimeout('the exit of the process', DEADLINE, app.exited)
}

/** Returns the uploads that the API accepted without telling the client so, once every upload is acknowledged. */
export async function acceptedWithoutAnswer(trial: Trial): Promise<string[]> {
  const { world, ledger } = trial
  await waitForAcknowledgements(trial)
  const rows: { upload_id: string }[] = await world.db('uploads').select('upload_id')
  const read = new Set(ledger.uploads.map(({ id }) => id))
  return rows.map((row) => row.upload_id).filter((id) => !read.has(asRevision(id)))
}
