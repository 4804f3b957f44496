import type { Revision } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { fromJobData } from '@visage/shared/queue/upload-job'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SweepParts, sweep } from '../../apps/worker/src/sweep/sweeper.ts'
import { eventually } from '../support/domain/eventually.ts'
import { picture } from '../support/domain/uploads.ts'
import {
  accept,
  connectParts,
  empty,
  MINUTE,
  type Parts,
} from '../support/world/maintenance-parts.ts'
import { keysIn } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const BYTES = Buffer.from('a picture')

const world = useWorld()
let parts: Parts

beforeAll(async () => {
  parts = await connectParts(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await parts.close()
})

/** A sweep's parts that note which uploads the queue is asked about, batch by batch. */
function watched(): { watching: SweepParts; asked: Revision[][] } {
  const asked: Revision[][] = []
  const { queue } = parts
  const jobs: typeof queue.jobs = (ids) => {
    asked.push([...ids])
    return queue.jobs(ids)
  }
  const { next, addAgain } = { next: () => queue.next(), addAgain: queue.addAgain.bind(queue) }
  return { watching: { ...parts, queue: { next, addAgain, jobs } }, asked }
}

/** Uploads whose ages run down from `oldest`, a second apart; the oldest first. */
async function acceptMany(count: number, oldest: number): Promise<Upload[]> {
  const uploads: Upload[] = []
  for (let i = 0; i < count; i += 50) {
    const ages = Array.from({ length: Math.min(50, count - i) }, (_, j) => oldest - (i + j) * 1000)
    uploads.push(...(await Promise.all(ages.map((age) => accept(parts, BYTES, age)))))
  }
  return uploads
}

/** A sweep's parts whose store goes away after so many uploads. */
function cutShortAfter(count: number): SweepParts {
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
    await parts.uploads.commit(fromJobData(data), picture)
    await world.queue.remove(id)
  }
}

const idsOf = (uploads: readonly Upload[]) => uploads.map(({ id }) => id)

describe('what the sweep looks at', () => {
  test('is nothing younger than SWEEP_AFTER', async () => {
    const old = await acceptMany(2, 3 * MINUTE)
    await acceptMany(3, MINUTE / 2)
    const { watching, asked } = watched()
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: 2 })
    expect(asked).toEqual([idsOf(old)])
  })

  test('is nothing at all where all is young', async () => {
    await acceptMany(3, MINUTE / 2)
    const { watching, asked } = watched()
    await sweep(MINUTE, watching)
    expect(asked).toEqual([])
  })

  test('is nothing that waits behind the head of the queue, however long the backlog', async () => {
    for (const upload of await acceptMany(300, 20 * MINUTE)) await parts.queue.add(upload)
    const { watching, asked } = watched()
    expect(await sweep(MINUTE, watching)).toEqual({
      remove: 0,
      requeue: 0,
      quarantine: 0,
      leave: 0,
    })
    expect(asked).toEqual([])
  })

  test('is what is older than the head of the queue', async () => {
    const [lost, waiting] = [await acceptMany(3, 30 * MINUTE), await acceptMany(20, 20 * MINUTE)]
    for (const upload of waiting) await parts.queue.add(upload)
    const { watching, asked } = watched()
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: 3 })
    expect(asked).toEqual([idsOf(lost)])
  })
})

test('more uploads than a listing holds are seen to, in batches, the oldest first', async () => {
  const uploads = await acceptMany(1100, 60 * MINUTE)
  const { watching, asked } = watched()
  expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: 1100 })
  expect(asked.flat()).toEqual(idsOf(uploads))
  expect(Math.max(...asked.map((batch) => batch.length))).toBeLessThanOrEqual(200)
  expect(await world.queue.getJobCounts('waiting')).toEqual({ waiting: 1100 })
})

describe('again is harmless', () => {
  test('two sweeps at once leave one job for each upload, and one outcome', async () => {
    const lost = await acceptMany(250, 60 * MINUTE)
    const ended = await acceptMany(20, 30 * MINUTE)
    for (const upload of ended) await parts.uploads.commit(upload, picture)
    await Promise.all([sweep(MINUTE, parts), sweep(MINUTE, parts)])
    const jobs = await world.queue.getJobs('waiting')
    expect(jobs.map((job) => job.id).toSorted()).toEqual(idsOf(lost))
    expect(await keysIn(world, 'raw/')).toHaveLength(lost.length)
    expect(await parts.uploads.ended(idsOf(ended))).toEqual(new Set(idsOf(ended)))
  })

  test('what a sweep that was cut short has left over is seen to by the next', async () => {
    const uploads = await acceptMany(10, 60 * MINUTE)
    await expect(sweep(MINUTE, cutShortAfter(4))).rejects.toThrow('the store is away')
    const waiting = async () => (await world.queue.getJobCounts('waiting')).waiting
    await eventually('what was under way', 5000, async () => (await waiting()) === 4)
    await drainQueue()
    expect(await sweep(MINUTE, parts)).toMatchObject({ requeue: 6, remove: 4 })
    const jobs = await world.queue.getJobs('waiting')
    expect(jobs.map((job) => job.id).toSorted()).toEqual(idsOf(uploads.slice(4)))
  })

  test('an upload that ends while it is looked at is not queued again', async () => {
    const [upload] = await acceptMany(1, 60 * MINUTE)
    const { watching } = watched()
    const { jobs } = watching.queue
    const racing: SweepParts['queue']['jobs'] = async (ids) => {
      const standings = await jobs(ids)
      await parts.uploads.commit(upload as Upload, picture)
      return standings
    }
    const queue = { ...watching.queue, jobs: racing }
    expect(await sweep(MINUTE, { ...watching, queue })).toMatchObject({ remove: 1, requeue: 0 })
    expect(await world.queue.getJobCountByTypes()).toBe(0)
  })
})
