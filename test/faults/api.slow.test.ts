import { expect } from 'vitest'
import { killApi, points, propertyOf, waitKey } from '../support/faults/kill-api.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

/** core-kills.test.ts covers the kill between raw PUT and enqueue. */
const others = Object.entries(points).filter(([moment]) => moment !== 'between raw PUT and enqueue')

for (const [moment, point] of others)
  faultCase({ fault: `API killed ${moment}`, holds: propertyOf(point) }, (trial) =>
    killApi(trial, point),
  )

faultCase(
  {
    fault: 'API killed while its enqueue is in flight',
    holds: 'the sweep brings the accepted upload to its outcome',
  },
  async (trial) => {
    const { proxy, env } = await trial.link('redis')
    const api = await trial.startApi(env)
    await trial.upload('before', await tiny())
    proxy.trap({ on: waitKey(trial), effect: 'hold' })
    const id = await trial.upload('ada', await tiny())
    trial.startRecovery()
    api.kill('SIGKILL')
    await api.exited
    expect(await trial.world.queue.getJob(id)).toBeUndefined()
    await trial.startWorker()
  },
)
