import { once } from 'node:events'
import { UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { UnrecoverableError, Worker } from 'bullmq'
import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { allEnded } from '../support/faults/checker.ts'
import { acceptForPoints } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { sweepNow, sweepParts } from '../support/faults/sweeping.ts'
import { moments } from '../support/faults/visits.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { receiptRow } from '../support/world/state.ts'
import type { World } from '../support/world/world.ts'

const faultCase = faultSuite()

/** The worker's own sweep stays out of the way. */
const quiet = { SWEEP_EVERY: '1h' }

for (const at of moments) {
  faultCase(
    {
      fault: `sweep with a worker ${at} each step`,
      holds: 'it leaves to the worker what runs',
    },
    async (trial) => {
      await trial.startApi()
      const holds = await acceptForPoints(trial, 'busy', at)
      const settings = { name: 'busy', concurrency: holds.length, env: quiet }
      await trial.startHookWorker(settings)
      await Promise.all(holds.map((hold) => hold.reached()))
      trial.times = holds.length
      trial.broke()
      const { requeue, quarantine } = await sweepNow(trial.world)
      expect({ requeue, quarantine }).toEqual({ requeue: 0, quarantine: 0 })
      for (const hold of holds) hold.release()
    },
  )
}

faultCase(
  {
    fault: 'sweep decides, a worker ends the upload, the sweep acts',
    holds: 'the job that it adds in vain does nothing',
  },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('ada', await tiny())
    await trial.world.redis.flushall()
    const { queue } = sweepParts(trial.world)
    const counts = await sweepNow(trial.world, {
      queue: {
        nextWaiting: () => queue.nextWaiting(),
        jobStates: (ids) => queue.jobStates(ids),
        requeue: async (found) => {
          await sweepNow(trial.world)
          await trial.startWorker(quiet)
          await eventually('the upload ends', 10_000, () => allEnded(trial.world, trial.ledger))
          await queue.requeue(found)
        },
      },
    })
    expect(counts).toMatchObject({ requeue: 1 })
    await eventually('the job is done again', 10_000, async () => {
      return (await trial.world.queue.getJobState(upload)) === 'completed'
    })
  },
)

faultCase(
  {
    fault: 'job failed for good',
    holds: 'the sweep writes the verdict and puts the bytes aside',
  },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('mallory', await tiny(), 'rejected')
    await failJob(trial.world)
    trial.broke()
    await trial.startWorker()
    await eventually('the verdict', 20_000, () => allEnded(trial.world, trial.ledger))
    expect(await receiptRow(trial.world, upload)).toMatchObject({ reason: 'unprocessable' })
  },
)

/** Takes the next job and fails it so that BullMQ does not try it again. */
async function failJob({ redis: connection, prefix }: World): Promise<void> {
  const fail = async () => {
    throw new UnrecoverableError('for good')
  }
  const worker = new Worker(UPLOAD_QUEUE, fail, { connection, prefix })
  await once(worker, 'failed')
  await worker.close()
}
