import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { uploadAt } from '../support/domain/uploads.ts'
import { photo } from '../support/pictures/photo.ts'
import {
  accept,
  connectServices,
  empty,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import { useWorld } from '../support/world/use-world.ts'

const RECIPE = '0123456789ab'

const world = useWorld()
let services: MaintenanceServices

beforeAll(async () => {
  services = await connectServices(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await services.close()
})

const idsIn = async (state: 'prioritized' | 'wait') =>
  (await world.queue.getJobs([state])).map(({ id }) => id)

test('an upload runs before a hundred earlier rerenders', async () => {
  const pictures = Array.from({ length: 100 }, (_, i) => uploadAt(1000 + i, asUserId(`user-${i}`)))
  const jobs = await Promise.all(pictures.map((one) => services.queue.addRerender(one, RECIPE)))
  const upload = await accept(services, await photo({ width: 64, height: 64 }))
  await services.queue.add(upload)
  const worker = await world.startWorker({ WORKER_CONCURRENCY: '1' })
  expect(await world.outcome(upload.id)).toBe('ready')
  await eventually('all are done', 20_000, async () => {
    return (await world.queue.getCompletedCount()) === jobs.length + 1
  })
  const done = await world.queue.getJobs(['completed'])
  const taken = done.toSorted((a, b) => (a.processedOn ?? 0) - (b.processedOn ?? 0))
  expect(taken).toHaveLength(101)
  expect(taken[0]?.id).toBe(upload.id)
  await worker.stop()
})

test('rerenders have no queue position and are not the head of the queue for the sweep', async () => {
  await services.queue.addRerender(uploadAt(1), RECIPE)
  expect(await services.queue.nextWaiting()).toBeUndefined()
  const upload = uploadAt(2)
  await services.queue.add(upload)
  expect(await services.queue.nextWaiting()).toBe(upload.id)
  expect(await services.queue.waitingIds(10)).toEqual([upload.id])
})

test('a picture is queued once for each recipe', async () => {
  const picture = uploadAt(1)
  const jobs = await Promise.all([1, 2, 3].map(() => services.queue.addRerender(picture, RECIPE)))
  expect(new Set(jobs).size).toBe(1)
  expect(await idsIn('prioritized')).toEqual([`rerender-${picture.id}-${RECIPE}`])
  await services.queue.addRerender(picture, 'ffffffffffff')
  expect(await idsIn('prioritized')).toHaveLength(2)
})

test('a finished rerender does not block another run', async () => {
  const picture = uploadAt(1)
  const worker = await world.startWorker()
  const job = await services.queue.addRerender(picture, RECIPE)
  expect(await world.outcome(job)).toBe('other_recipe')
  expect(await services.queue.jobOutcome(job)).toBe('other_recipe')
  await worker.stop()
  expect(await services.queue.addRerender(picture, RECIPE)).toBe(job)
  expect(await services.queue.jobOutcome(job)).toBeUndefined()
  expect(await idsIn('prioritized')).toEqual([job])
})

test('the outcome of a removed job is unknown', async () => {
  expect(await services.queue.jobOutcome('rerender-x')).toBe('failed')
})
