import type { Upload } from '@visage/shared/avatar/upload'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { AllQueues } from '@visage/shared/queue/all-queues'
import { findJobs } from '@visage/shared/queue/find-jobs'
import { connectRedis, type Redis, waitForRedis } from '@visage/shared/queue/redis-connection'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { silent } from '../support/domain/log.ts'
import { uploadAt } from '../support/domain/uploads.ts'
import { keysInRedis } from '../support/servers/redis/keys.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

let world: World
let redis: Redis
let uploads: UploadQueue
let all: AllQueues

beforeEach(async () => {
  world = await createWorld()
  const prefix = `${world.env.QUEUE_PREFIX}`
  redis = connectRedis(readSettings(redisSettings, world.env), 'producer', 5000, silent)
  await waitForRedis(redis, 5000)
  uploads = new UploadQueue(redis, prefix, silent)
  all = new AllQueues({ redis, prefix, log: silent })
})
afterEach(async () => {
  redis.disconnect()
  await world.close()
})

async function add(count: number, user: string): Promise<Upload[]> {
  const made = Array.from({ length: count }, (_, i) => uploadAt(1000 + i, asUserId(user)))
  await Promise.all(made.map((upload) => uploads.add(upload)))
  return made
}

const find = async (words: string, bounds?: { maxRead: number; maxFound: number }) =>
  findJobs(await all.open(), words, bounds)

describe('a job is found', () => {
  test.each(['id', 'userId', 'correlationId'] as const)('by the %s of its upload', async (name) => {
    await add(3, 'bob')
    const upload = uploadAt(5000, asUserId('Ωμέγα/:é'))
    await uploads.add(upload)
    const { jobs, incomplete } = await find(upload[name])
    expect(jobs).toEqual([
      {
        queue: 'uploads',
        id: upload.id,
        title: `render · Ωμέγα/:é · ${upload.correlationId}`,
        state: 'waiting',
      },
    ])
    expect(incomplete).toBe(false)
  })

  test('together with the repair of its upload', async () => {
    const upload = uploadAt(5000)
    await uploads.addRepair(upload)
    await uploads.add(upload)
    const { jobs } = await find(upload.id)
    expect(jobs.map(({ id }) => id).toSorted()).toEqual([upload.id, `repair-${upload.id}`])
  })

  test('among many others', async () => {
    const [first] = await add(1, 'alice')
    await add(600, 'bob')
    expect((await find('alice')).jobs.map(({ id }) => id)).toEqual([first?.id])
    expect(await find('bob')).toMatchObject({ incomplete: true, jobs: { length: 100 } })
  })
})

test.each(['', 'nobody', 'bo', 'bob ', '*', 'render', 'meta', 'wait'])(
  '%j finds nothing',
  async (words) => {
    await add(2, 'bob')
    expect(await find(words)).toEqual({ jobs: [], incomplete: false })
  },
)

test('beyond the limit the result says that there may be more', async () => {
  await add(5, 'bob')
  expect(await find('bob', { maxRead: 3, maxFound: 10 })).toMatchObject({ incomplete: true })
  expect(await find('bob', { maxRead: 10, maxFound: 2 })).toMatchObject({ incomplete: true })
  expect(await find('bob', { maxRead: 5, maxFound: 5 })).toMatchObject({ incomplete: false })
})

test('a search changes nothing in Redis', async () => {
  await add(1, 'bob')
  const before = await keysInRedis(world)
  await find('bob')
  expect((await keysInRedis(world)).toSorted()).toEqual(before.toSorted())
})
