import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { TrapSettings } from '../support/faults/trap.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()

interface Point {
  readonly point: string
  readonly server: 's3' | 'redis'
  readonly trap: (trial: Trial) => TrapSettings
  /** How many raw objects and jobs there are by then. */
  readonly stored: number
  readonly queued: number
}

const enqueue = ({ world }: Trial) => `${world.env.QUEUE_PREFIX}:uploads:wait`

const points: readonly Point[] = [
  {
    point: 'in its raw PUT',
    server: 's3',
    trap: () => ({ on: '/raw/', keep: 1000, effect: 'hold' }),
    stored: 0,
    queued: 0,
  },
  {
    point: 'after its raw PUT',
    server: 's3',
    trap: () => ({ on: '/raw/', effect: 'mute' }),
    stored: 1,
    queued: 0,
  },
  {
    point: 'between raw PUT and enqueue',
    server: 'redis',
    trap: (trial) => ({ on: enqueue(trial), effect: 'hold' }),
    stored: 1,
    queued: 0,
  },
  {
    point: 'after its enqueue',
    server: 'redis',
    trap: (trial) => ({ on: enqueue(trial), effect: 'mute' }),
    stored: 1,
    queued: 1,
  },
]

for (const { point, server, trap, stored, queued } of points) {
  const holds = `nobody was told, and ${stored ? 'what is in the bucket is ended' : 'nothing is left'}`
  const extended = point !== 'between raw PUT and enqueue'
  faultCase({ fault: `API killed ${point}`, holds, extended }, async (trial) => {
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
  })
}

async function hasCome({ world }: Trial, stored: number, queued: number): Promise<boolean> {
  const raw = await keysIn(world, 'raw/')
  return raw.length === stored && (await world.queue.count()) === queued
}

faultCase(
  {
    fault: 'API killed with its enqueue on the way',
    holds: 'the upload that it accepted is ended by the sweep',
  },
  async (trial) => {
    const { proxy, env } = await trial.link('redis')
    const api = await trial.startApi(env)
    await trial.upload('before', await tiny())
    proxy.trap({ on: enqueue(trial), effect: 'hold' })
    const id = await trial.upload('ada', await tiny())
    trial.broke()
    api.kill('SIGKILL')
    await api.exited
    expect(await trial.world.queue.getJob(id)).toBeUndefined()
    await trial.startWorker()
  },
)
