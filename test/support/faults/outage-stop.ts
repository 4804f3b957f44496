import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { App } from '@visage/stack/app'
import { asRevision } from '../domain/brands.ts'
import { eventually } from '../domain/eventually.ts'
import { readiness } from './outage-ready.ts'
import { nothingWaits } from './outage-state.ts'
import type { Trial } from './trial.ts'

/** As with STOP_TIMEOUT's default, and what a busy machine may take on top. */
const DEADLINE = 25_000 + 5000

/** SIGTERM. Resolves once the process has taken note and says so. */
export async function askToStop(app: App): Promise<void> {
  app.kill('SIGTERM')
  await eventually('stopping', 10_000, async () => (await readiness(app)).status === 'stopping')
}

/** How the process ended, after a SIGTERM that may have come already. */
export async function stopped(app: App): Promise<unknown> {
  return withTimeout('the end of the process', DEADLINE, app.exited)
}

/** What was accepted while its client was told something else, or nothing; once all has its outcome. */
export async function acceptedUnread(trial: Trial): Promise<string[]> {
  const { world, ledger } = trial
  await nothingWaits(trial)
  const rows: { upload_id: string }[] = await world.db('uploads').select('upload_id')
  const read = new Set(ledger.uploads.map(({ id }) => id))
  return rows.map((row) => row.upload_id).filter((id) => !read.has(asRevision(id)))
}
