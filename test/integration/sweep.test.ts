import { quarantineKey, rawKey } from '@visage/shared/avatar/keys'
import type { Upload } from '@visage/shared/avatar/upload'
import { toJobData, UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { UnrecoverableError, Worker } from 'bullmq'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SweepCounts, sweep } from '../../apps/worker/src/maintenance/sweep.ts'
import { asObjectKey } from '../support/domain/brands.ts'
import { picture, revisionAt, toGravatar } from '../support/domain/uploads.ts'
import { photo } from '../support/pictures/photo.ts'
import {
  accept,
  connectParts,
  empty,
  MINUTE,
  type Parts,
} from '../support/world/maintenance-parts.ts'
import { keysIn, pictureRow, receiptRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let parts: Parts
let worker: Worker
let jpeg: Buffer

beforeAll(async () => {
  parts = await connectParts(world)
  jpeg = await photo({ width: 96, height: 64 })
  const { redis: connection, prefix } = world
  worker = new Worker(UPLOAD_QUEUE, null, { connection, prefix })
})
beforeEach(() => empty(world))
afterAll(async () => {
  await worker.close()
  await parts.close()
})

const NONE: SweepCounts = { remove: 0, requeue: 0, quarantine: 0, leave: 0 }
const sweepNow = () => sweep(MINUTE, parts)
const takeNext = async () => worker.getNextJob('token', { block: false })
const isWaiting = async ({ id }: Upload) => (await keysIn(world, rawKey(id))).length === 1

async function completeNext(): Promise<void> {
  await (await takeNext())?.moveToCompleted('ready', 'token', false)
}

async function failNext(): Promise<void> {
  await (await takeNext())?.moveToFailed(new UnrecoverableError('ours'), 'token', false)
}

describe('an upload whose job is lost', () => {
  test('is queued again, with all that the job said', async () => {
    const upload = await accept(parts, jpeg, 10 * MINUTE, 'Ωμέγα/:é')
    expect(await sweepNow()).toEqual({ ...NONE, requeue: 1 })
    const job = await world.queue.getJob(upload.id)
    expect(job?.name).toBe('render')
    expect(job?.data).toEqual(toJobData(upload))
    expect(await isWaiting(upload)).toBe(true)
  })

  test('becomes ready, and its raw object goes', async () => {
    const upload = await accept(parts, jpeg)
    await sweepNow()
    const app = await world.startWorker()
    expect(await world.outcome(upload.id)).toBe('ready')
    await app.stop()
    expect(await pictureRow(world, upload.userId)).toMatchObject({ revision: upload.id })
    expect(await keysIn(world, 'raw/')).toEqual([])
  })

  test('is queued again where the job says that it is completed, and no outcome does', async () => {
    const upload = await accept(parts, jpeg)
    await parts.queue.add(upload)
    await completeNext()
    expect(await sweepNow()).toEqual({ ...NONE, requeue: 1 })
    expect(await world.queue.getJobState(upload.id)).toBe('waiting')
  })
})

describe('an upload that has its outcome', () => {
  const endings = {
    ready: (upload: Upload) => parts.uploads.commitPicture(upload, picture),
    superseded: (upload: Upload) => parts.uploads.recordVerdict(upload, { state: 'superseded' }),
    rejected: (upload: Upload) =>
      parts.uploads.recordVerdict(upload, { state: 'rejected', reason: 'corrupt', msg: '' }),
  }

  test.each(Object.entries(endings))('%s: its raw object goes', async (outcome, end) => {
    const upload = await accept(parts, jpeg)
    await end(upload)
    const before = await receiptRow(world, upload.id)
    expect(await sweepNow()).toEqual({ ...NONE, remove: 1 })
    expect(await keysIn(world)).toEqual([])
    expect(await receiptRow(world, upload.id)).toEqual(before)
    expect(before.state).toBe(outcome)
  })

  test('has it, whatever the queue says', async () => {
    const upload = await accept(parts, jpeg)
    await parts.queue.add(upload)
    await failNext()
    await parts.uploads.commitPicture(upload, picture)
    expect(await sweepNow()).toEqual({ ...NONE, remove: 1 })
    expect(await keysIn(world)).toEqual([])
  })
})

describe('an upload whose job failed for good', () => {
  test('is rejected as unprocessable; its bytes and what they are lie in quarantine', async () => {
    const upload = await accept(parts, jpeg)
    const before = await world.store.stat(rawKey(upload.id))
    await parts.queue.add(upload)
    await failNext()
    expect(await sweepNow()).toEqual({ ...NONE, quarantine: 1 })
    expect(await receiptRow(world, upload.id)).toMatchObject({
      state: 'rejected',
      reason: 'unprocessable',
      msg: expect.stringContaining('cannot be processed'),
    })
    expect(await keysIn(world)).toEqual([quarantineKey(upload.id)])
    expect(await world.store.get(quarantineKey(upload.id))).toEqual(jpeg)
    expect(await world.store.stat(quarantineKey(upload.id))).toEqual(before)
  })

  test('leaves the user’s picture as it is', async () => {
    const upload = await accept(parts, jpeg)
    await parts.avatars.change(toGravatar(upload.userId, revisionAt(1)))
    const before = await pictureRow(world, upload.userId)
    await parts.queue.add(upload)
    await failNext()
    await sweepNow()
    expect(await pictureRow(world, upload.userId)).toEqual(before)
  })
})

describe('an upload whose job lives', () => {
  const lives = {
    'is worked on': takeNext,
    'is to be tried again': async () => {
      await (await takeNext())?.moveToDelayed(Date.now() + MINUTE, 'token')
    },
    'waits behind one that was accepted later': async () => {
      const job = await world.queue.getJob((await takeNext())?.id ?? '')
      await job?.moveToDelayed(Date.now() + 1, 'token')
      await job?.promote()
    },
  }

  test.each(Object.entries(lives))('and %s is left to it', async (_, live) => {
    const [upload, later] = [await accept(parts, jpeg), await accept(parts, jpeg, 5 * MINUTE)]
    for (const one of [upload, later]) await parts.queue.add(one)
    await live()
    const before = await world.queue.getJobState(upload.id)
    expect(await sweepNow()).toEqual({ ...NONE, leave: 1 })
    expect(await world.queue.getJobState(upload.id)).toBe(before)
    expect(await receiptRow(world, upload.id)).toBeUndefined()
    expect(await isWaiting(upload)).toBe(true)
  })

  test('and is the queue’s next is not even looked at', async () => {
    const upload = await accept(parts, jpeg)
    await parts.queue.add(upload)
    expect(await sweepNow()).toEqual(NONE)
    expect(await world.queue.getJobState(upload.id)).toBe('waiting')
  })
})

test('what is no upload’s is left where it lies', async () => {
  const keys = ['raw/notes.txt', `raw/${'0'.repeat(32)}`, 'rawer/x']
  for (const key of keys) await world.store.put(asObjectKey(key), jpeg, { mediaType: 'image/jpeg' })
  expect(await sweepNow()).toEqual(NONE)
  expect(await keysIn(world)).toEqual(keys.toSorted())
})
