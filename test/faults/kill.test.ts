import { tiny, whole } from '../support/faults/pictures.ts'
import { acceptForPoints, points } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { moments } from '../support/faults/visits.ts'

const faultCase = faultSuite()

for (const at of moments) {
  const fault = `worker killed ${at} each step`
  const extended = at !== 'during'
  faultCase({ fault, holds: 'another one ends every upload', extended }, async (trial) => {
    await trial.startApi()
    const holds = await acceptForPoints(trial, 'victim', at)
    const victim = await trial.startHookWorker({ name: 'victim', concurrency: points.length })
    await Promise.all(holds.map((hold) => hold.reached()))
    await trial.startHookWorker({ name: 'successor' })
    trial.times = points.length
    trial.broke()
    victim.kill('SIGKILL')
  })
}

faultCase(
  {
    fault: 'worker killed in mid-request',
    holds: 'another one ends every upload',
    extended: true,
  },
  async (trial) => {
    await trial.startApi()
    const s3 = await trial.link('s3')
    const postgres = await trial.link('postgres')
    const half = await trial.upload('half', await whole())
    const open = await trial.upload('open', await whole())
    const commit = trial.gates.hold({ worker: 'victim', upload: open, step: 'commit' })
    const halfPut = s3.proxy.trap({ on: `/${half}/`, keep: 2000, effect: 'hold' })
    const env = { ...s3.env, ...postgres.env }
    const victim = await trial.startHookWorker({ name: 'victim', env })
    await Promise.all([commit.reached(), halfPut.sprung])

    const written = postgres.proxy.trap({ on: 'update "uploads" set "state"', effect: 'hold' })
    commit.release()
    await written.sprung
    await trial.startWorker()
    trial.times = 2
    trial.broke()
    victim.kill('SIGKILL')
  },
)

faultCase(
  {
    fault: 'worker killed at two starts',
    holds: 'the third start ends the upload',
    extended: true,
  },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('ada', await tiny())
    for (const name of ['first', 'second']) {
      const commit = trial.gates.hold({ worker: name, upload, step: 'commit' })
      const worker = await trial.startHookWorker({ name })
      await commit.reached()
      trial.broke()
      worker.kill('SIGKILL')
    }
    trial.times = 2
    await trial.startWorker()
  },
)
