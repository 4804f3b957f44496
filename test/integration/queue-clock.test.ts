import { isRevision, revisionTime } from '@visage/shared/avatar/revision'
import { readSettings } from '@visage/shared/config/read'
import { redisSettings } from '@visage/shared/config/redis'
import { connectRedis, type Redis, waitForRedis } from '@visage/shared/queue/redis-connection'
import { RevisionClock } from '@visage/shared/queue/revision-clock'
import { freePort } from '@visage/stack/ports'
import { afterEach, describe, expect, test } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { recorder, silent } from '../support/domain/log.ts'
import { useWorld } from '../support/world/use-world.ts'

const CALLS = 200

const world = useWorld()
const open: Redis[] = []

afterEach(() => {
  for (const redis of open.splice(0)) redis.disconnect()
})

/** Timeout of Redis in milliseconds. A call that does not wait for Redis is faster on any machine. */
const TIMEOUT = 20_000

/** Creates the clock of an API host with its own connection. */
async function host(env = world.env, log = silent, timeout = 5000): Promise<RevisionClock> {
  const redis = connectRedis(readSettings(redisSettings, env), 'producer', TIMEOUT, log)
  open.push(redis)
  await waitForRedis(redis, timeout)
  return new RevisionClock(redis, `${world.env.QUEUE_PREFIX}`, log)
}

/** Creates a clock without a reachable Redis. */
async function hostAlone(log = silent): Promise<RevisionClock> {
  return host({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }, log, 50)
}

let users = 0
const newUser = () => `user-${++users}/é:*`
const keyOf = (user: string) => `${world.env.QUEUE_PREFIX}:clock:${user}`
const timeOf = (revision: string) => revisionTime(asRevision(revision)).getTime()

describe('the clock', () => {
  test('returns the time of Redis as a revision', async () => {
    const clock = await host()
    const [seconds, micros] = await world.redis.time()
    const before = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
    const revision = await clock.nextRevision(asUserId(newUser()))
    expect(isRevision(revision)).toBe(true)
    expect(timeOf(revision)).toBeGreaterThanOrEqual(before)
    expect(timeOf(revision)).toBeLessThan(before + 60_000)
  })

  test('returns each revision of a user once, to any number of concurrent hosts', async () => {
    const user = newUser()
    const hosts = [await host(), await host()]
    const revisions = await Promise.all(
      Array.from(
        { length: CALLS },
        (_, i) => hosts[i % 2]?.nextRevision(asUserId(user)) as Promise<string>,
      ),
    )
    expect(new Set(revisions.map(timeOf)).size).toBe(CALLS)
  })

  test('returns increasing revisions of a user to two hosts in any order', async () => {
    const user = newUser()
    const hosts = [await host(), await host()]
    const revisions: string[] = []
    for (let i = 0; i < 50; i++)
      revisions.push((await hosts[i % 2]?.nextRevision(asUserId(user))) as string)
    expect(revisions).toEqual(revisions.toSorted())
    expect(new Set(revisions).size).toBe(50)
  })

  test('keeps the order of concurrent calls of one host', async () => {
    const clock = await host()
    const user = newUser()
    const revisions = await Promise.all(
      Array.from({ length: CALLS }, () => clock.nextRevision(asUserId(user))),
    )
    expect(revisions).toEqual(revisions.toSorted())
  })

  test('never returns an older revision of a user after the time of Redis is set back', async () => {
    const clock = await host()
    const user = newUser()
    const ahead = Date.now() + 3_600_000
    await world.redis.set(keyOf(user), `${ahead}:00000000000000000000`)
    const [first, second] = [
      await clock.nextRevision(asUserId(user)),
      await clock.nextRevision(asUserId(user)),
    ]
    expect([timeOf(first), timeOf(second)]).toEqual([ahead + 1, ahead + 2])
  })

  test('of one user does not advance for another', async () => {
    const clock = await host()
    const [one, other] = [newUser(), newUser()]
    await world.redis.set(keyOf(one), `${Date.now() + 3_600_000}:00000000000000000000`)
    await clock.nextRevision(asUserId(one))
    expect(timeOf(await clock.nextRevision(asUserId(other)))).toBeLessThan(Date.now() + 60_000)
  })

  test('expires the key of a user after a day', async () => {
    const clock = await host()
    const user = newUser()
    await clock.nextRevision(asUserId(user))
    const left = await world.redis.ttl(keyOf(user))
    expect(left).toBeGreaterThan(86_000)
    expect(left).toBeLessThanOrEqual(86_400)
  })

  test('ignores an invalid value in its key', async () => {
    const clock = await host()
    const user = newUser()
    await world.redis.set(keyOf(user), 'nonsense')
    expect(Math.abs(timeOf(await clock.nextRevision(asUserId(user))) - Date.now())).toBeLessThan(
      60_000,
    )
  })
})

describe('the newest revision', () => {
  test('is the last one returned to any host', async () => {
    const user = newUser()
    const [one, other] = [await host(), await host()]
    expect(await one.newestRevision(asUserId(user))).toBeUndefined()
    const first = await one.nextRevision(asUserId(user))
    expect(await other.newestRevision(asUserId(user))).toBe(first)
    const second = await other.nextRevision(asUserId(user))
    expect(await one.newestRevision(asUserId(user))).toBe(second)
    expect(await one.newestRevision(asUserId(newUser()))).toBeUndefined()
  })
})

describe('while Redis is unavailable', () => {
  test('the clock uses the host clock at once and logs it', async () => {
    const { log, lines } = recorder()
    const clock = await hostAlone(log)
    const before = Date.now()
    const revision = await clock.nextRevision(asUserId(newUser()))
    const after = Date.now()
    expect(timeOf(revision)).toBeGreaterThanOrEqual(before)
    expect(timeOf(revision)).toBeLessThanOrEqual(after)
    expect(after - before).toBeLessThan(TIMEOUT / 2)
    expect(lines.map(({ msg }) => msg)).toContain('Failed to read Redis clock; using host clock')
  })

  test('the newest revision is undefined without an error', async () => {
    const clock = await hostAlone()
    expect(await clock.newestRevision(asUserId(newUser()))).toBeUndefined()
  })

  test('revisions are still unique', async () => {
    const clock = await hostAlone()
    const user = newUser()
    const revisions = await Promise.all(
      Array.from({ length: CALLS }, () => clock.nextRevision(asUserId(user))),
    )
    expect(new Set(revisions).size).toBe(CALLS)
  })
})
