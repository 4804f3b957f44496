import type { Environment } from '../world/world.ts'
import { acceptForPoints } from './points.ts'
import type { Trial } from './trial.ts'
import type { Moment } from './visits.ts'

/**
 * Kills a worker that has one upload at each step of a job. A second worker takes them over.
 * @param env settings of both workers
 */
export async function killWorker(trial: Trial, at: Moment, env: Environment = {}): Promise<void> {
  await trial.startApi()
  const holds = await acceptForPoints(trial, 'victim', at)
  const victim = await trial.startHookWorker({ name: 'victim', concurrency: holds.length, env })
  await Promise.all(holds.map((hold) => hold.reached()))
  await trial.startHookWorker({ name: 'successor', env })
  trial.times = holds.length
  trial.startRecovery()
  victim.kill('SIGKILL')
}
