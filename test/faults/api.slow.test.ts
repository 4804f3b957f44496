import { expect } from 'vitest'
import { enqueue, killApi, points, promiseOf } from '../support/faults/kill-api.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

/** core-kills.test.ts has the API killed between raw PUT and enqueue. */
const others = Object.entries(points).filter(([moment]) => moment !== 'between raw PUT and enqueue')

for (const [moment, point] of others)
  faultCase({ fault: `API killed ${moment}`, holds: promiseOf(point) }, (trial) =>
    killApi(trial, point),
  )

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
