import { MAINTENANCE_QUEUE } from '@visage/shared/queue/upload-job'
import { Queue } from 'bullmq'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { photo } from '../support/pictures/photo.ts'
import { emptyRedis } from '../support/servers/redis/keys.ts'
import {
  accept,
  connectServices,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import { receiptRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

/** Interval in milliseconds at which workers check the schedulers. */
const LOOK_AFTER = 5000
/** Slack for a busy machine in milliseconds. */
const SLACK = 3000
const EACH_SECOND = { SWEEP_EVERY: '1s', SWEEP_AFTER: '1s' }

const world = useWorld()
let services: MaintenanceServices
let maintenance: Queue
let jpeg: Buffer

beforeAll(async () => {
  services = await connectServices(world)
  const { redis: connection, prefix } = world
  maintenance = new Queue(MAINTENANCE_QUEUE, { connection, prefix })
  jpeg = await photo({ width: 96, height: 64 })
})
beforeEach(() => emptyRedis(world))
afterAll(async () => {
  await maintenance.close()
  await services.close()
})

async function schedulers(): Promise<Record<string, number | undefined>> {
  const all = await maintenance.getJobSchedulers()
  return Object.fromEntries(all.map(({ key, every }) => [key, every]))
}

const allScheduled = async () => Object.keys(await schedulers()).length === 3

async function stateOf(upload: { id: string }): Promise<string | undefined> {
  return (await receiptRow(world, upload.id))?.state
}

test('any number of workers share one timer for each task', async () => {
  const apps = await Promise.all([1, 2, 3].map(() => world.startWorker()))
  await eventually('all tasks are scheduled', LOOK_AFTER, allScheduled)
  const day = 86_400_000
  expect(await schedulers()).toEqual({ audit: day, purge: 60_000, sweep: 60_000 })
  // A timer that has just fired is missing for a moment.
  const delayed = async () => (await maintenance.getDelayedCount()) === 3
  await eventually('one job of each', LOOK_AFTER, delayed)
  await Promise.all(apps.map((app) => app.stop()))
})

test('a worker with another setting changes the timer', async () => {
  const first = await world.startWorker()
  await eventually('all tasks are scheduled', LOOK_AFTER, allScheduled)
  await first.stop()
  const second = await world.startWorker({ SWEEP_EVERY: '7s' })
  const changed = async () => (await schedulers()).sweep === 7000
  await eventually('the sweep is rescheduled', LOOK_AFTER, changed)
  await second.stop()
})

test('the timers return after Redis is emptied, and the sweep continues', async () => {
  const app = await world.startWorker(EACH_SECOND)
  const before = await accept(services, jpeg)
  const ready = async () => (await stateOf(before)) === 'ready'
  await eventually('an upload whose job is lost is ready', LOOK_AFTER + SLACK, ready)
  const after = await accept(services, jpeg)
  await emptyRedis(world)
  await eventually('the timers are back', LOOK_AFTER + SLACK, allScheduled)
  const readyToo = async () => (await stateOf(after)) === 'ready'
  await eventually('an upload whose job was flushed is ready', LOOK_AFTER + SLACK, readyToo)
  await app.stop()
})

test('a failed task runs again at its next time', async () => {
  const app = await world.startWorker(EACH_SECOND)
  await world.db.raw('alter table uploads rename to hidden')
  const upload = await accept(services, jpeg)
  const failed = async () => (await maintenance.getFailedCount()) > 0
  await eventually('a sweep has failed', LOOK_AFTER + SLACK, failed)
  await world.db.raw('alter table hidden rename to uploads')
  const ready = async () => (await stateOf(upload)) === 'ready'
  await eventually('the upload is ready', LOOK_AFTER + SLACK, ready)
  await app.stop()
})
