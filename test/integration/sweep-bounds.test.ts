import type { Upload } from '@visage/shared/avatar/upload'
import { fromJobData } from '@visage/shared/queue/upload-job'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SweepDependencies, sweep } from '../../apps/worker/src/maintenance/sweep.ts'
import { eventually } from '../support/domain/eventually.ts'
import { picture } from '../support/domain/uploads.ts'
import {
  connectServices,
  empty,
  type MaintenanceServices,
  MINUTE,
} from '../support/world/maintenance-services.ts'
import { acceptMany, idsOf, testSweepOfMany, watched } from '../support/world/sweep-many.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let services: MaintenanceServices

beforeAll(async () => {
  services = await connectServices(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await services.close()
})

/** Returns sweep dependencies whose store fails after a number of uploads. */
function cutShortAfter(count: number): SweepDependencies {
  const { raw } = services
  let left = count
  return {
    ...services,
    raw: {
      list: () => raw.list(),
      remove: (...ids) => raw.remove(...ids),
      quarantine: (id) => raw.quarantine(id),
      find: async (id) => {
        if (left-- <= 0) throw new Error('the store is unavailable')
        return raw.find(id)
      },
    },
  }
}

/** Gives every waiting upload an outcome but keeps its raw object. */
async function drainQueue(): Promise<void> {
  for (const { data, id = '' } of await world.queue.getJobs('waiting')) {
    await services.uploads.commitPicture(fromJobData(data), picture)
    await world.queue.remove(id)
  }
}

testSweepOfMany(world, () => services, { lost: 250, backlog: 60, twice: 30 })

describe('the sweep inspects', () => {
  test('no upload younger than SWEEP_AFTER', async () => {
    const old = await acceptMany(services, 2, 3 * MINUTE)
    await acceptMany(services, 3, MINUTE / 2)
    const { watching, asked } = watched(services)
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: 2 })
    expect(asked).toEqual([idsOf(old)])
  })

  test('no upload if all are younger', async () => {
    await acceptMany(services, 3, MINUTE / 2)
    const { watching, asked } = watched(services)
    await sweep(MINUTE, watching)
    expect(asked).toEqual([])
  })

  test('uploads older than the head of the queue', async () => {
    const [lost, waiting] = [
      await acceptMany(services, 3, 30 * MINUTE),
      await acceptMany(services, 20, 20 * MINUTE),
    ]
    for (const upload of waiting) await services.queue.add(upload)
    const { watching, asked } = watched(services)
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: 3 })
    expect(asked).toEqual([idsOf(lost)])
  })
})

describe('a repeated sweep', () => {
  test('finishes what an interrupted sweep left', async () => {
    const uploads = await acceptMany(services, 10, 60 * MINUTE)
    await expect(sweep(MINUTE, cutShortAfter(4))).rejects.toThrow('the store is unavailable')
    const waiting = async () => (await world.queue.getJobCounts('waiting')).waiting
    await eventually('what was under way', 5000, async () => (await waiting()) === 4)
    await drainQueue()
    expect(await sweep(MINUTE, services)).toMatchObject({ requeue: 6, remove: 4 })
    const jobs = await world.queue.getJobs('waiting')
    expect(jobs.map((job) => job.id).toSorted()).toEqual(idsOf(uploads.slice(4)))
  })

  test('does not requeue an upload that gets its outcome meanwhile', async () => {
    const [upload] = await acceptMany(services, 1, 60 * MINUTE)
    const { watching } = watched(services)
    const { jobStates } = watching.queue
    const racing: SweepDependencies['queue']['jobStates'] = async (ids) => {
      const standings = await jobStates(ids)
      await services.uploads.commitPicture(upload as Upload, picture)
      return standings
    }
    const queue = { ...watching.queue, jobStates: racing }
    expect(await sweep(MINUTE, { ...watching, queue })).toMatchObject({ remove: 1, requeue: 0 })
    expect(await world.queue.getJobCountByTypes()).toBe(0)
  })
})
