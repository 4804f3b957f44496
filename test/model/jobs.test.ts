import { UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { type Job, UnrecoverableError, Worker } from 'bullmq'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silent } from '../support/domain/log.ts'
import { uploadAt } from '../support/domain/uploads.ts'
import { Jobs, queuePort } from '../support/model/jobs.ts'
import { RECIPE } from '../support/model/picture.ts'
import { useWorld } from '../support/world/use-world.ts'

const TOKEN = 'token'
const uploads = Array.from({ length: 5 }, (_, i) => uploadAt(1000 + i))

type How = 'done' | 'failed'

/** The queue as the code sees it, and what a worker does with it. */
interface Queue {
  readonly port: Pick<
    UploadQueue,
    'add' | 'requeue' | 'addRepair' | 'addRerender' | 'jobStates' | 'nextWaiting'
  >
  take(): Promise<string | undefined>
  /** Ends the job that was taken first. */
  end(how: How): Promise<void>
}

const world = useWorld()
let worker: Worker

beforeAll(async () => {
  const { redis: connection, prefix } = world
  worker = new Worker(UPLOAD_QUEUE, null, { connection, prefix })
})
afterAll(async () => {
  await worker.close()
})

function redisQueue(): Queue {
  const taken: Job[] = []
  return {
    port: new UploadQueue(world.redis, `${world.env.QUEUE_PREFIX}`, silent),
    async take() {
      const job = await worker.getNextJob(TOKEN, { block: false })
      if (job) taken.push(job)
      return job?.id
    },
    async end(how) {
      const job = taken.shift()
      if (how === 'done') await job?.moveToCompleted('ready', TOKEN, false)
      else await job?.moveToFailed(new UnrecoverableError('ours'), TOKEN, false)
    },
  }
}

function modelQueue(): Queue {
  const jobs = new Jobs()
  const taken: ReturnType<Jobs['all']> = []
  return {
    port: queuePort(jobs, async (_, effect) => effect()),
    async take() {
      const [job] = jobs.inState('waiting')
      if (!job) return undefined
      job.state = 'active'
      taken.push(job)
      return job.id
    },
    async end(how) {
      const job = taken.shift()
      if (job) job.state = how === 'done' ? 'completed' : 'failed'
    },
  }
}

const operations = {
  add: ({ port }: Queue, n: number) => port.add(at(n)),
  addAgain: ({ port }: Queue, n: number) => port.requeue(at(n)),
  addRepair: ({ port }: Queue, n: number) => port.addRepair(at(n)),
  addRerender: ({ port }: Queue, n: number) => port.addRerender(at(n), RECIPE),
  take: (queue: Queue) => queue.take(),
  done: (queue: Queue) => queue.end('done'),
  failed: (queue: Queue) => queue.end('failed'),
  next: ({ port }: Queue) => port.nextWaiting(),
  jobs: ({ port }: Queue) => port.jobStates(uploads.map(({ id }) => id)),
}

function at(n: number) {
  return uploads[n % uploads.length] as (typeof uploads)[number]
}

const name = fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[]))
const sequences = fc.array(fc.tuple(name, fc.nat({ max: 4 })), { minLength: 1, maxLength: 25 })

test('the model’s queue answers like BullMQ', async () => {
  const property = fc.asyncProperty(sequences, async (sequence) => {
    await world.queue.obliterate({ force: true })
    const [model, redis] = [modelQueue(), redisQueue()]
    for (const [operation, n] of sequence)
      expect(await operations[operation](model, n)).toEqual(await operations[operation](redis, n))
    expect(await operations.jobs(model)).toEqual(await operations.jobs(redis))
    expect(await operations.next(model)).toEqual(await operations.next(redis))
  })
  await fc.assert(property, { numRuns: 60 })
})
