import type { Upload } from '@visage/shared/avatar/upload'
import { fromJobData } from '@visage/shared/queue/upload-job'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SweepDependencies, sweep } from '../../apps/worker/src/maintenance/sweep.ts'
import { eventually } from '../support/domain/eventually.ts'
import { picture } from '../support/domain/uploads.ts'
import { connectParts, empty, MINUTE, type Parts } from '../support/world/maintenance-parts.ts'
import { acceptMany, idsOf, testSweepOfMany, watched } from '../support/world/sweep-many.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let parts: Parts

beforeAll(async () => {
  parts = await connectParts(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await parts.close()
})

/** A sweep's parts whose store goes away after so many uploads. */
function cutShortAfter(count: number): SweepDependencies {
  const { raw } = parts
  let left = count
  return {
    ...parts,
    raw: {
      list: () => raw.list(),
      remove: (...ids) => raw.remove(...ids),
      quarantine: (id) => raw.quarantine(id),
      find: async (id) => {
        if (left-- <= 0) throw new Error('the store is away')
        return raw.find(id)
      },
    },
  }
}

/** All that waits is done, but its raw object not removed yet. */
async function drainQueue(): Promise<void> {
  for (const { data, id = '' } of await world.queue.getJobs('waiting')) {
    await parts.uploads.commitPicture(fromJobData(data), picture)
    await world.queue.remove(id)
  }
}

testSweepOfMany(world, () => parts, { lost: 250, backlog: 60, twice: 30 })

describe('what the sweep looks at', () => {
  test('is nothing younger than SWEEP_AFTER', async () => {
    const old = await acceptMany(parts, 2, 3 * MINUTE)
    await acceptMany(parts, 3, MINUTE / 2)
    const { watching, asked } = watched(parts)
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: 2 })
    expect(asked).toEqual([idsOf(old)])
  })

  test('is nothing at all where all is young', async () => {
    await acceptMany(parts, 3, MINUTE / 2)
    const { watching, asked } = watched(parts)
    await sweep(MINUTE, watching)
    expect(asked).toEqual([])
  })

  test('is what is older than the head of the queue', async () => {
    const [lost, waiting] = [
      await acceptMany(parts, 3, 30 * MINUTE),
      await acceptMany(parts, 20, 20 * MINUTE),
    ]
    for (const upload of waiting) await parts.queue.add(upload)
    const { watching, asked } = watched(parts)
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: 3 })
    expect(asked).toEqual([idsOf(lost)])
  })
})

describe('again is harmless', () => {
  test('what a sweep that was cut short has left over is seen to by the next', async () => {
    const uploads = await acceptMany(parts, 10, 60 * MINUTE)
    await expect(sweep(MINUTE, cutShortAfter(4))).rejects.toThrow('the store is away')
    const waiting = async () => (await world.queue.getJobCounts('waiting')).waiting
    await eventually('what was under way', 5000, async () => (await waiting()) === 4)
    await drainQueue()
    expect(await sweep(MINUTE, parts)).toMatchObject({ requeue: 6, remove: 4 })
    const jobs = await world.queue.getJobs('waiting')
    expect(jobs.map((job) => job.id).toSorted()).toEqual(idsOf(uploads.slice(4)))
  })

  test('an upload that ends while it is looked at is not queued again', async () => {
    const [upload] = await acceptMany(parts, 1, 60 * MINUTE)
    const { watching } = watched(parts)
    const { jobStates } = watching.queue
    const racing: SweepDependencies['queue']['jobStates'] = async (ids) => {
      const standings = await jobStates(ids)
      await parts.uploads.commitPicture(upload as Upload, picture)
      return standings
    }
    const queue = { ...watching.queue, jobStates: racing }
    expect(await sweep(MINUTE, { ...watching, queue })).toMatchObject({ remove: 1, requeue: 0 })
    expect(await world.queue.getJobCountByTypes()).toBe(0)
  })
})
