import type { Revision } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { expect, test } from 'vitest'
import { type SweepDependencies, sweep } from '../../../apps/worker/src/maintenance/sweep.ts'
import { asRevision } from '../domain/brands.ts'
import { picture } from '../domain/uploads.ts'
import { accept, type MaintenanceServices, MINUTE } from './maintenance-services.ts'
import { keysIn } from './state.ts'
import type { World } from './world.ts'

const BYTES = Buffer.from('a picture')

/** Number of uploads that are accepted at the same time. */
const AT_ONCE = 50

/** Maximum raw objects of one batch of a sweep. */
const BATCH = 200

export const idsOf = (uploads: readonly Upload[]) => uploads.map(({ id }) => id)

/** Returns sweep dependencies that record the uploads of each query to the queue. */
export function watched(services: MaintenanceServices): {
  watching: SweepDependencies
  asked: Revision[][]
} {
  const asked: Revision[][] = []
  const { queue } = services
  const jobStates: typeof queue.jobStates = (ids) => {
    asked.push([...ids].map(asRevision))
    return queue.jobStates(ids)
  }
  const nextWaiting = () => queue.nextWaiting()
  const requeue = queue.requeue.bind(queue)
  return { watching: { ...services, queue: { nextWaiting, requeue, jobStates } }, asked }
}

/** Accepts uploads with ages from `oldest` downwards, one second apart, oldest first. */
export async function acceptMany(
  services: MaintenanceServices,
  count: number,
  oldest: number,
): Promise<Upload[]> {
  const ages = Array.from({ length: count }, (_, i) => oldest - i * 1000)
  const uploads: Upload[] = []
  while (ages.length > 0) {
    const some = ages.splice(0, AT_ONCE).map((age) => accept(services, BYTES, age))
    uploads.push(...(await Promise.all(some)))
  }
  return uploads
}

/** Number of uploads that are lost, wait in the queue, and are lost while two sweeps run. */
export interface Counts {
  readonly lost: number
  readonly backlog: number
  readonly twice: number
}

/** Defines the tests of a sweep over many uploads. A page of an S3 listing has 1,000 keys. */
export function testSweepOfMany(
  world: World,
  servicesOf: () => MaintenanceServices,
  counts: Counts,
): void {
  const { lost, backlog, twice } = counts

  test(`a sweep skips every upload behind the head of a queue of ${backlog}`, async () => {
    const services = servicesOf()
    for (const upload of await acceptMany(services, backlog, 20 * MINUTE))
      await services.queue.add(upload)
    const { watching, asked } = watched(services)
    const nothing = { remove: 0, requeue: 0, quarantine: 0, leave: 0 }
    expect(await sweep(MINUTE, watching)).toEqual(nothing)
    expect(asked).toEqual([])
  })

  test(`a sweep requeues ${lost} lost uploads in batches, oldest first`, async () => {
    const services = servicesOf()
    const uploads = await acceptMany(services, lost, 60 * MINUTE)
    const { watching, asked } = watched(services)
    expect(await sweep(MINUTE, watching)).toMatchObject({ requeue: lost })
    expect(asked.flat()).toEqual(idsOf(uploads))
    expect(Math.max(...asked.map((batch) => batch.length))).toBeLessThanOrEqual(BATCH)
    expect(await world.queue.getJobCounts('waiting')).toEqual({ waiting: lost })
  })

  test(`two sweeps at once leave one job for each of ${twice} lost uploads, and one outcome`, async () => {
    const services = servicesOf()
    const uploads = await acceptMany(services, twice, 60 * MINUTE)
    const ended = await acceptMany(services, 20, 30 * MINUTE)
    for (const upload of ended) await services.uploads.commitPicture(upload, picture)
    await Promise.all([sweep(MINUTE, services), sweep(MINUTE, services)])
    const jobs = await world.queue.getJobs('waiting')
    expect(jobs.map((job) => job.id).toSorted()).toEqual(idsOf(uploads))
    expect(await keysIn(world, 'raw/')).toHaveLength(twice)
    expect(await services.uploads.findWithOutcome(idsOf(ended))).toEqual(new Set(idsOf(ended)))
  })
}
