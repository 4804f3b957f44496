import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { uploadAt } from '../support/domain/uploads.ts'
import { photo } from '../support/pictures/photo.ts'
import { accept, connectParts, empty, type Parts } from '../support/world/maintenance-parts.ts'
import { useWorld } from '../support/world/use-world.ts'

const RECIPE = '0123456789ab'

const world = useWorld()
let parts: Parts

beforeAll(async () => {
  parts = await connectParts(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await parts.close()
})

const idsIn = async (state: 'prioritized' | 'wait') =>
  (await world.queue.getJobs([state])).map(({ id }) => id)

test('an upload is taken before a hundred pictures that were to be rendered anew before it came', async () => {
  const pictures = Array.from({ length: 100 }, (_, i) => uploadAt(1000 + i, asUserId(`user-${i}`)))
  const jobs = await Promise.all(pictures.map((one) => parts.queue.addRerender(one, RECIPE)))
  const upload = await accept(parts, await photo({ width: 64, height: 64 }))
  await parts.queue.add(upload)
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

test('they do not stand in the line, and are not what the sweep takes for its head', async () => {
  await parts.queue.addRerender(uploadAt(1), RECIPE)
  expect(await parts.queue.nextWaiting()).toBeUndefined()
  const upload = uploadAt(2)
  await parts.queue.add(upload)
  expect(await parts.queue.nextWaiting()).toBe(upload.id)
  expect(await parts.queue.waitingIds(10)).toEqual([upload.id])
})

test('a picture is queued once for a recipe, however often it is asked for, and again for another', async () => {
  const picture = uploadAt(1)
  const jobs = await Promise.all([1, 2, 3].map(() => parts.queue.addRerender(picture, RECIPE)))
  expect(new Set(jobs).size).toBe(1)
  expect(await idsIn('prioritized')).toEqual([`rerender-${picture.id}-${RECIPE}`])
  await parts.queue.addRerender(picture, 'ffffffffffff')
  expect(await idsIn('prioritized')).toHaveLength(2)
})

test('one that has ended does not stand in the way of another run', async () => {
  const picture = uploadAt(1)
  const worker = await world.startWorker()
  const job = await parts.queue.addRerender(picture, RECIPE)
  expect(await world.outcome(job)).toBe('other_recipe')
  expect(await parts.queue.jobOutcome(job)).toBe('other_recipe')
  await worker.stop()
  expect(await parts.queue.addRerender(picture, RECIPE)).toBe(job)
  expect(await parts.queue.jobOutcome(job)).toBeUndefined()
  expect(await idsIn('prioritized')).toEqual([job])
})

test('of a job that is gone nobody can tell', async () => {
  expect(await parts.queue.jobOutcome('rerender-x')).toBe('failed')
})
