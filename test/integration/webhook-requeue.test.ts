import { ANNOUNCEMENT_QUEUE } from '@visage/shared/queue/announcement-queue'
import { Queue } from 'bullmq'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { requeueAnnouncements } from '../../apps/worker/src/webhook/requeue.ts'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { revisionAt, toGravatar } from '../support/domain/uploads.ts'
import { newSecret } from '../support/http/receiver.ts'
import { connectServices, type MaintenanceServices } from '../support/world/maintenance-services.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let services: MaintenanceServices
let queue: Queue

beforeAll(async () => {
  const hook = { WEBHOOK_URL: 'https://hooks.example', WEBHOOK_SECRET: newSecret() }
  services = await connectServices({ ...world, env: { ...world.env, ...hook } })
  const { redis: connection, prefix } = world
  queue = new Queue(ANNOUNCEMENT_QUEUE, { connection, prefix })
})
beforeEach(async () => {
  await queue.obliterate({ force: true })
  await world.db.raw('truncate avatars, announcements')
})
afterAll(async () => {
  await queue.close()
  await services.close()
})

let users = 0

/** Makes changes without jobs. @returns their revisions in order */
async function change(count: number): Promise<string[]> {
  const revisions = Array.from({ length: count }, (_, i) => revisionAt(i))
  for (const revision of revisions)
    await services.avatars.change(toGravatar(asUserId(`user-${++users}`), revision))
  return revisions
}

async function requeue(): Promise<string[]> {
  const { announcementQueue, announcements, log } = services
  if (!announcementQueue) throw new Error('there is no webhook')
  await requeueAnnouncements({ announcementQueue, announcements, log })
  return (await queue.getJobs()).map(({ id }) => `${id}`).toSorted()
}

test('an announcement without a job gets one that carries only its revision', async () => {
  const [revision] = await change(1)
  expect(await requeue()).toEqual([revision])
  const job = await queue.getJob(`${revision}`)
  expect(job?.data).toEqual({})
})

test('an announcement with a job keeps it and its number of attempts', async () => {
  const revisions = await change(3)
  await requeue()
  await (await queue.getJob(`${revisions[0]}`))?.remove()
  const before = await queue.getJob(`${revisions[1]}`)
  expect(await requeue()).toEqual(revisions)
  expect((await queue.getJob(`${revisions[1]}`))?.timestamp).toBe(before?.timestamp)
})

test('more than a page of announcements are all queued', async () => {
  const revisions = await change(501)
  expect(await requeue()).toEqual(revisions)
})

test('a removed job without an announcement does not block later ones', async () => {
  const [stale] = await change(1)
  await requeue()
  await services.announcements.delete(asRevision(`${stale}`))
  const [fresh] = await change(1)
  expect(await requeue()).toEqual([stale])
  await (await queue.getJob(`${stale}`))?.remove()
  expect(await requeue()).toEqual([fresh])
})
