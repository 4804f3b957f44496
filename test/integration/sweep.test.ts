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
  connectServices,
  empty,
  type MaintenanceServices,
  MINUTE,
} from '../support/world/maintenance-services.ts'
import { keysIn, pictureRow, receiptRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let services: MaintenanceServices
let worker: Worker
let jpeg: Buffer

beforeAll(async () => {
  services = await connectServices(world)
  jpeg = await photo({ width: 96, height: 64 })
  const { redis: connection, prefix } = world
  worker = new Worker(UPLOAD_QUEUE, null, { connection, prefix })
})
beforeEach(() => empty(world))
afterAll(async () => {
  await worker.close()
  await services.close()
})

const NONE: SweepCounts = { remove: 0, requeue: 0, quarantine: 0, leave: 0 }
const sweepNow = () => sweep(MINUTE, services)
const takeNext = async () => worker.getNextJob('token', { block: false })
const isWaiting = async ({ id }: Upload) => (await keysIn(world, rawKey(id))).length === 1

async function completeNext(): Promise<void> {
  await (await takeNext())?.moveToCompleted('ready', 'token', false)
}

async function failNext(): Promise<void> {
  await (await takeNext())?.moveToFailed(new UnrecoverableError('ours'), 'token', false)
}

describe('an upload without a job', () => {
  test('is requeued with the data of its job', async () => {
    const upload = await accept(services, jpeg, 10 * MINUTE, 'Ωμέγα/:é')
    expect(await sweepNow()).toEqual({ ...NONE, requeue: 1 })
    const job = await world.queue.getJob(upload.id)
    expect(job?.name).toBe('render')
    expect(job?.data).toEqual(toJobData(upload))
    expect(await isWaiting(upload)).toBe(true)
  })

  test('becomes ready, and its raw object is deleted', async () => {
    const upload = await accept(services, jpeg)
    await sweepNow()
    const app = await world.startWorker()
    expect(await world.outcome(upload.id)).toBe('ready')
    await app.stop()
    expect(await pictureRow(world, upload.userId)).toMatchObject({ revision: upload.id })
    expect(await keysIn(world, 'raw/')).toEqual([])
  })

  test('is requeued if its job is completed without an outcome', async () => {
    const upload = await accept(services, jpeg)
    await services.queue.add(upload)
    await completeNext()
    expect(await sweepNow()).toEqual({ ...NONE, requeue: 1 })
    expect(await world.queue.getJobState(upload.id)).toBe('waiting')
  })
})

describe('an upload with an outcome', () => {
  const endings = {
    ready: (upload: Upload) => services.uploads.commitPicture(upload, picture),
    superseded: (upload: Upload) => services.uploads.recordVerdict(upload, { state: 'superseded' }),
    rejected: (upload: Upload) =>
      services.uploads.recordVerdict(upload, { state: 'rejected', reason: 'corrupt', msg: '' }),
  }

  test.each(Object.entries(endings))('%s: its raw object is deleted', async (outcome, end) => {
    const upload = await accept(services, jpeg)
    await end(upload)
    const before = await receiptRow(world, upload.id)
    expect(await sweepNow()).toEqual({ ...NONE, remove: 1 })
    expect(await keysIn(world)).toEqual([])
    expect(await receiptRow(world, upload.id)).toEqual(before)
    expect(before.state).toBe(outcome)
  })

  test('keeps it in any state of its job', async () => {
    const upload = await accept(services, jpeg)
    await services.queue.add(upload)
    await failNext()
    await services.uploads.commitPicture(upload, picture)
    expect(await sweepNow()).toEqual({ ...NONE, remove: 1 })
    expect(await keysIn(world)).toEqual([])
  })
})

describe('an upload whose job failed permanently', () => {
  test('is rejected as unprocessable, with its bytes and metadata in quarantine', async () => {
    const upload = await accept(services, jpeg)
    const before = await world.store.stat(rawKey(upload.id))
    await services.queue.add(upload)
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

  test('does not change the user’s picture', async () => {
    const upload = await accept(services, jpeg)
    await services.avatars.change(toGravatar(upload.userId, revisionAt(1)))
    const before = await pictureRow(world, upload.userId)
    await services.queue.add(upload)
    await failNext()
    await sweepNow()
    expect(await pictureRow(world, upload.userId)).toEqual(before)
  })
})

describe('an upload whose job exists', () => {
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

  test.each(Object.entries(lives))('and %s is not changed', async (_, live) => {
    const [upload, later] = [await accept(services, jpeg), await accept(services, jpeg, 5 * MINUTE)]
    for (const one of [upload, later]) await services.queue.add(one)
    await live()
    const before = await world.queue.getJobState(upload.id)
    expect(await sweepNow()).toEqual({ ...NONE, leave: 1 })
    expect(await world.queue.getJobState(upload.id)).toBe(before)
    expect(await receiptRow(world, upload.id)).toBeUndefined()
    expect(await isWaiting(upload)).toBe(true)
  })

  test('and is the next of the queue is skipped', async () => {
    const upload = await accept(services, jpeg)
    await services.queue.add(upload)
    expect(await sweepNow()).toEqual(NONE)
    expect(await world.queue.getJobState(upload.id)).toBe('waiting')
  })
})

test('other objects under raw/ are kept', async () => {
  const keys = ['raw/notes.txt', `raw/${'0'.repeat(32)}`, 'rawer/x']
  for (const key of keys) await world.store.put(asObjectKey(key), jpeg, { mediaType: 'image/jpeg' })
  expect(await sweepNow()).toEqual(NONE)
  expect(await keysIn(world)).toEqual(keys.toSorted())
})
