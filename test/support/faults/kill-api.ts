import { expect } from 'vitest'
import { eventually } from '../domain/eventually.ts'
import { tiny } from '../pictures/tiny.ts'
import { keysIn, pictureRow } from '../world/state.ts'
import type { TrapSettings } from './trap.ts'
import type { Trial } from './trial.ts'

export interface Point {
  readonly server: 's3' | 'redis'
  readonly trap: (trial: Trial) => TrapSettings
  /** How many raw objects and jobs there are by then. */
  readonly stored: number
  readonly queued: number
}

/** The commands that add a job to the queue name this key. */
export const enqueue = ({ world }: Trial) => `${world.env.QUEUE_PREFIX}:uploads:wait`

/** The moments of an acceptance at which an API can be killed. */
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
    trap: (trial) => ({ on: enqueue(trial), effect: 'hold' }),
    stored: 1,
    queued: 0,
  },
  'after its enqueue': {
    server: 'redis',
    trap: (trial) => ({ on: enqueue(trial), effect: 'mute' }),
    stored: 1,
    queued: 1,
  },
} as const satisfies Readonly<Record<string, Point>>

export const promiseOf = ({ stored }: Point): string =>
  `no client got an answer, and ${stored ? 'what is in the bucket gets its outcome' : 'nothing is left'}`

/** Kills an API at this moment of an acceptance, and starts another one with a worker. */
export async function killApi(trial: Trial, point: Point): Promise<void> {
  const { server, trap, stored, queued } = point
  const { proxy, env } = await trial.link(server)
  const api = await trial.startApi({ ...env, QUEUE_TIMEOUT: '20s' })
  const before = await trial.upload('before', await tiny())
  const { sprung } = proxy.trap(trap(trial))
  const answer = trial.tryUpload('ada', await tiny())
  await sprung
  await eventually('it has come that far', 5000, () => hasCome(trial, 1 + stored, 1 + queued))
  trial.broke()
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

async function hasCome({ world }: Trial, stored: number, queued: number): Promise<boolean> {
  const raw = await keysIn(world, 'raw/')
  return raw.length === stored && (await world.queue.count()) === queued
}
