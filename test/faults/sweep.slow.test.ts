import { once } from 'node:events'
import { UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { UnrecoverableError, Worker } from 'bullmq'
import { expect } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { allHaveOutcome } from '../support/faults/checker.ts'
import { acceptForPoints } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import { sweepDependencies, sweepNow } from '../support/faults/sweeping.ts'
import { moments } from '../support/faults/visits.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { receiptRow } from '../support/world/state.ts'
import type { World } from '../support/world/world.ts'

const faultCase = faultSuite()

/** Settings that keep the worker's own sweep from running. */
const quiet = { SWEEP_EVERY: '1h' }

for (const at of moments) {
  faultCase(
    {
      fault: `sweep with a worker ${at} each step`,
      holds: 'the sweep leaves running jobs to the worker',
    },
    async (trial) => {
      await trial.startApi()
      const holds = await acceptForPoints(trial, 'busy', at)
      const settings = { name: 'busy', concurrency: holds.length, env: quiet }
      await trial.startHookWorker(settings)
      await Promise.all(holds.map((hold) => hold.reached()))
      trial.times = holds.length
      trial.startRecovery()
      const { requeue, quarantine } = await sweepNow(trial.world)
      expect({ requeue, quarantine }).toEqual({ requeue: 0, quarantine: 0 })
      for (const hold of holds) hold.release()
    },
  )
}

faultCase(
  {
    fault: 'a worker finishes an upload between the decision and the action of the sweep',
    holds: 'the requeued job changes nothing',
  },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('ada', await tiny())
    await trial.world.redis.flushall()
    const { queue } = sweepDependencies(trial.world)
    const counts = await sweepNow(trial.world, {
      queue: {
        nextWaiting: () => queue.nextWaiting(),
        jobStates: (ids) => queue.jobStates(ids),
        requeue: async (found) => {
          await sweepNow(trial.world)
          await trial.startWorker(quiet)
          await eventually('the outcome', 10_000, () => allHaveOutcome(trial.world, trial.ledger))
          await queue.requeue(found)
        },
      },
    })
    expect(counts).toMatchObject({ requeue: 1 })
    await eventually('the requeued job', 10_000, async () => {
      return (await trial.world.queue.getJobState(upload)) === 'completed'
    })
  },
)

faultCase(
  {
    fault: 'job failed permanently',
    holds: 'the sweep records the verdict and quarantines the raw object',
  },
  async (trial) => {
    await trial.startApi()
    const upload = await trial.upload('mallory', await tiny(), 'rejected')
    await failJob(trial.world)
    trial.startRecovery()
    await trial.startWorker()
    await eventually('the verdict', 20_000, () => allHaveOutcome(trial.world, trial.ledger))
    expect(await receiptRow(trial.world, upload)).toMatchObject({ reason: 'unprocessable' })
  },
)

/** Takes the next job and fails it so that BullMQ does not retry it. */
async function failJob({ redis: connection, prefix }: World): Promise<void> {
  const fail = async () => {
    throw new UnrecoverableError('permanent')
  }
  const worker = new Worker(UPLOAD_QUEUE, fail, { connection, prefix })
  await once(worker, 'failed')
  await worker.close()
}
