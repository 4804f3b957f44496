import { expect } from 'vitest'
import { eventually } from '../domain/eventually.ts'
import { tiny } from '../pictures/tiny.ts'
import { keysIn, pictureRow } from '../world/state.ts'
import type { TrapSettings } from './trap.ts'
import type { Trial } from './trial.ts'

export interface Point {
  readonly server: 's3' | 'redis'
  readonly trap: (trial: Trial) => TrapSettings
  /** Number of raw objects and of jobs at that point. */
  readonly stored: number
  readonly queued: number
}

/** Redis key that only the commands that add a job name. */
export const waitKey = ({ world }: Trial) => `${world.env.QUEUE_PREFIX}:uploads:wait`

/** Points of an acceptance at which an API can be killed. */
export const points = {
  'in its raw PUT': {
    server: 's3',
    trap: () => ({ on: '/raw/', keep: 1000, effect: 'hold' }),
    stored: 0,
    queued: 0,
  },
  'after its raw PUT': {
    server: 's3',
    trap: () => ({ on: '/raw/', effect: 'mute' }),
    stored: 1,
    queued: 0,
  },
  'between raw PUT and enqueue': {
    server: 'redis',
    trap: (trial) => ({ on: waitKey(trial), effect: 'hold' }),
    stored: 1,
    queued: 0,
  },
  'after its enqueue': {
    server: 'redis',
    trap: (trial) => ({ on: waitKey(trial), effect: 'mute' }),
    stored: 1,
    queued: 1,
  },
} as const satisfies Readonly<Record<string, Point>>

export const propertyOf = ({ stored }: Point): string =>
  `no client gets an answer, and ${stored ? 'the stored upload gets its outcome' : 'nothing is stored'}`

/** Kills an API at this point of an acceptance, then starts another API and a worker. */
export async function killApi(trial: Trial, point: Point): Promise<void> {
  const { server, trap, stored, queued } = point
  const { proxy, env } = await trial.link(server)
  const api = await trial.startApi({ ...env, QUEUE_TIMEOUT: '20s' })
  const before = await trial.upload('before', await tiny())
  const { sprung } = proxy.trap(trap(trial))
  const answer = trial.tryUpload('ada', await tiny())
  await sprung
  await eventually('the raw object and the job', 5000, () =>
    isStoredAndQueued(trial, 1 + stored, 1 + queued),
  )
  trial.startRecovery()
  api.kill('SIGKILL')
  expect(await answer).toBeUndefined()

  await trial.startApi()
  await trial.startWorker()
  for (const user of stored ? ['before', 'ada'] : ['before']) {
    const shown = async () => (await pictureRow(trial.world, user)) !== undefined
    await eventually(`the upload of ${user} is ready`, 20_000, shown)
  }
  expect(await pictureRow(trial.world, 'before')).toMatchObject({ revision: before })
}

async function isStoredAndQueued(
  { world }: Trial,
  stored: number,
  queued: number,
): Promise<boolean> {
  const raw = await keysIn(world, 'raw/')
  return raw.length === stored && (await world.queue.count()) === queued
}
