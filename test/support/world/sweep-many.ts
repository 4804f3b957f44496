import type { Revision } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { expect, test } from 'vitest'
import { type SweepDependencies, sweep } from '../../../apps/worker/src/maintenance/sweep.ts'
import { asRevision } from '../domain/brands.ts'
import { picture } from '../domain/uploads.ts'
import { accept, MINUTE, type Parts } from './maintenance-parts.ts'
import { keysIn } from './state.ts'
import type { World } from './world.ts'

const BYTES = Buffer.from('a picture')

/** Uploads that are accepted at once. */
const AT_ONCE = 50

/** A sweep looks at no more raw objects together. */
const BATCH = 200

export const idsOf = (uploads: readonly Upload[]) => uploads.map(({ id }) => id)

/** A sweep's parts that note which uploads the queue is asked about, batch by batch. */
export function watched(parts: Parts): { watching: SweepDependencies; asked: Revision[][] } {
  const asked: Revision[][] = []
  const { queue } = parts
  const jobStates: typeof queue.jobStates = (ids) => {
    asked.push([...ids].map(asRevision))
    return queue.jobStates(ids)
  }
  const nextWaiting = () => queue.nextWaiting()
  const requeue = queue.requeue.bind(queue)
  return { watching: { ...parts, queue: { nextWaiting, requeue, jobStates } }, asked }
}

/** Uploads whose ages run down from `oldest`, a second apart; the oldest first. */
export async function acceptMany(parts: Parts, count: number, oldest: number): Promise<Upload[]> {
  const ages = Array.from({ length: count }, (_, i) => oldest - i * 1000)
  const uploads: Upload[] = []
  while (ages.length > 0) {
    const some = ages.splice(0, AT_ONCE).map((age) => accept(parts, BYTES, age))
    uploads.push(...(await Promise.all(some)))
  }
  return uploads
}

/** How many uploads are lost, wait in the queue, and are lost while two sweeps run. */
export interface Counts {
  readonly lost: number
  readonly backlog: number
  readonly twice: number
}

/** Defines the tests of a sweep whose effort grows with the uploads. A listing of S3 has 1,000. */
export function testSweepOfMany(world: World, partsOf: () => Parts, counts: Counts): void {
  const { lost, backlog, twice } = counts

  test(`a sweep looks at nothing that waits behind the head of a queue of ${backlog}`, async () => {
    const parts = partsOf()
    for (const upload of await acceptMany(parts, backlog, 20 * MINUTE))
      await parts.queue.add(upload)
    const { watching, asked } = watched(parts)
    const nothing = { remove: 0, requeue: 0, quarantine: 0, leave: 0 }
    expect(await sweep(MINUTE, watching)).toEqual(nothing)
    expect(asked).toEqual([])
  })

  test(`${lost} lost uploads are seen to, in batches, the oldest first`, async () => {
    const parts = partsOf()
    const uploads = await acceptMany(parts, lost, 60 * MINUTE)
    const { watching, asked } = watched(parts)
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: lost })
    expect(asked.flat()).toEqual(idsOf(uploads))
    expect(Math.max(...asked.map((batch) => batch.length))).toBeLessThanOrEqual(BATCH)
    expect(await world.queue.getJobCounts('waiting')).toEqual({ waiting: lost })
  })

  test(`two sweeps at once leave one job for each of ${twice} lost uploads, and one outcome`, async () => {
    const parts = partsOf()
    const uploads = await acceptMany(parts, twice, 60 * MINUTE)
    const ended = await acceptMany(parts, 20, 30 * MINUTE)
    for (const upload of ended) await parts.uploads.commitPicture(upload, picture)
    await Promise.all([sweep(MINUTE, parts), sweep(MINUTE, parts)])
    const jobs = await world.queue.getJobs('waiting')
    expect(jobs.map((job) => job.id).toSorted()).toEqual(idsOf(uploads))
    expect(await keysIn(world, 'raw/')).toHaveLength(twice)
    expect(await parts.uploads.findWithOutcome(idsOf(ended))).toEqual(new Set(idsOf(ended)))
  })
}
