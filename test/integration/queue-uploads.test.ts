import { UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { Worker } from 'bullmq'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { silent } from '../support/domain/log.ts'
import { uploadAt } from '../support/domain/uploads.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let queue: UploadQueue

beforeAll(async () => {
  queue = new UploadQueue(world.redis, `${world.env.QUEUE_PREFIX}`, silent)
})

afterAll(async () => {
  await queue.close()
})

beforeEach(() => world.queue.obliterate({ force: true }))

/** Takes the next job and completes it, or fails it with `reason`. */
async function takeNext(reason?: string): Promise<string | undefined> {
  const worker = new Worker(UPLOAD_QUEUE, null, {
    connection: world.redis,
    prefix: world.prefix,
    settings: { backoffStrategy: () => 3_600_000 },
  })
  const job = await worker.getNextJob('token')
  if (reason === undefined) await job?.moveToCompleted('ready', 'token', false)
  else await job?.moveToFailed(new Error(reason), 'token', false)
  await worker.close()
  return job?.id
}

describe('enqueueing an upload', () => {
  test('adds a job with its ID and all data for a worker', async () => {
    const upload = uploadAt(Date.now(), asUserId('Ωμέγα/:é'))
    await queue.add(upload)
    const job = await world.queue.getJob(upload.id)
    expect(job?.name).toBe('render')
    expect(job?.data).toEqual({
      upload_id: upload.id,
      user_id: 'Ωμέγα/:é',
      bytes: upload.bytes,
      format: upload.format,
      correlation_id: upload.correlationId,
      framing: 'centre',
    })
    expect(job?.opts).toMatchObject({ backoff: { type: 'capped' } })
    expect(job?.opts.attempts).toBeGreaterThan(1e15)
  })

  test('twice, or ten times concurrently, adds one job', async () => {
    const upload = uploadAt(1)
    await queue.add(upload)
    await queue.add(upload)
    await Promise.all(Array.from({ length: 10 }, () => queue.add(upload)))
    expect(await world.queue.getJobCounts('waiting')).toEqual({ waiting: 1 })
  })

  test('that just completed changes nothing', async () => {
    const upload = uploadAt(1)
    await queue.add(upload)
    await takeNext()
    await queue.add(upload)
    expect(await world.queue.getJobCounts('waiting', 'completed')).toMatchObject({ waiting: 0 })
  })

  test('keeps the order of the uploads', async () => {
    const uploads = Array.from({ length: 5 }, (_, i) => uploadAt(i))
    expect(await queue.nextWaiting()).toBeUndefined()
    for (const upload of uploads) await queue.add(upload)
    for (const { id } of uploads) {
      expect(await queue.nextWaiting()).toBe(id)
      expect(await takeNext()).toBe(id)
    }
    expect(await queue.nextWaiting()).toBeUndefined()
  })
})

describe('the state of a job', () => {
  test('is returned in the order of the query', async () => {
    const [missing, waiting, done, late] = [uploadAt(1), uploadAt(2), uploadAt(3), uploadAt(4)]
    await queue.add(done)
    await takeNext()
    await queue.add(late)
    await takeNext('passing')
    await queue.add(waiting)
    expect(await queue.jobStates([waiting, missing, done, late].map(({ id }) => id))).toEqual([
      ...['unfinished', 'missing', 'completed', 'unfinished'],
    ])
    expect(await queue.jobStates([])).toEqual([])
  })

  test('is failed after its last attempt', async () => {
    const upload = uploadAt(1)
    await world.queue.add('render', {}, { jobId: upload.id, attempts: 1 })
    await takeNext('for good')
    expect(await queue.jobStates([upload.id])).toEqual(['failed'])
  })
})

describe('requeueing an upload', () => {
  test.each([
    ['is missing', async () => {}],
    ['is completed', () => takeNext()],
    ['has failed', () => takeNext('for good')],
  ])('makes a job that waits, where the one before %s', async (state, end) => {
    const upload = uploadAt(1)
    if (state !== 'is missing')
      await world.queue.add('render', {}, { jobId: upload.id, attempts: 1 })
    await end()
    await queue.requeue(upload)
    const job = await world.queue.getJob(upload.id)
    expect(await job?.getState()).toBe('waiting')
    expect(job?.data).toMatchObject({ user_id: upload.userId })
    expect(job?.attemptsMade).toBe(0)
  })

  test('twice concurrently leaves one job', async () => {
    const upload = uploadAt(1)
    await queue.add(upload)
    await takeNext()
    await Promise.all([queue.requeue(upload), queue.requeue(upload)])
    expect(await world.queue.getJobCounts('waiting')).toEqual({ waiting: 1 })
  })
})

test('a repair has a job of its own', async () => {
  const upload = uploadAt(1)
  await queue.add(upload)
  await takeNext()
  await queue.addRepair(upload)
  await queue.addRepair(upload)
  const waiting = await world.queue.getWaiting()
  expect(waiting.map(({ name, data }) => [name, data.upload_id])).toEqual([['repair', upload.id]])
})

test('closing it once or twice keeps shared connections open', async () => {
  const other = new UploadQueue(world.redis, `${world.env.QUEUE_PREFIX}`, silent)
  await other.add(uploadAt(1))
  await other.close()
  await other.close()
  expect(await world.redis.ping()).toBe('PONG')
  await new UploadQueue(world.redis, 'unused', silent).close()
})
