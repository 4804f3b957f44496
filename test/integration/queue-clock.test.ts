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

/** Milliseconds that Redis may take to answer. A host that does not wait for it is faster on any machine. */
const TIMEOUT = 20_000

/** A clock as an API host has it, with a connection of its own. */
async function host(env = world.env, log = silent, timeout = 5000): Promise<RevisionClock> {
  const redis = connectRedis(readSettings(redisSettings, env), 'producer', TIMEOUT, log)
  open.push(redis)
  await waitForRedis(redis, timeout)
  return new RevisionClock(redis, `${world.env.QUEUE_PREFIX}`, log)
}

/** A clock whose Redis is at an address where nobody listens. */
async function hostAlone(log = silent): Promise<RevisionClock> {
  return host({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }, log, 50)
}

let users = 0
const newUser = () => `user-${++users}/é:*`
const keyOf = (user: string) => `${world.env.QUEUE_PREFIX}:clock:${user}`
const timeOf = (revision: string) => revisionTime(asRevision(revision)).getTime()

describe('the clock', () => {
  test('tells the time of Redis, as a revision', async () => {
    const clock = await host()
    const [seconds, micros] = await world.redis.time()
    const before = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
    const revision = await clock.nextRevision(asUserId(newUser()))
    expect(isRevision(revision)).toBe(true)
    expect(timeOf(revision)).toBeGreaterThanOrEqual(before)
    expect(timeOf(revision)).toBeLessThan(before + 60_000)
  })

  test('gives a user one time once, however many hosts ask at once', async () => {
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

  test('gives a user later revisions only, in whatever order two hosts ask', async () => {
    const user = newUser()
    const hosts = [await host(), await host()]
    const revisions: string[] = []
    for (let i = 0; i < 50; i++)
      revisions.push((await hosts[i % 2]?.nextRevision(asUserId(user))) as string)
    expect(revisions).toEqual(revisions.toSorted())
    expect(new Set(revisions).size).toBe(50)
  })

  test('keeps a host’s own calls in their order, though they are made at once', async () => {
    const clock = await host()
    const user = newUser()
    const revisions = await Promise.all(
      Array.from({ length: CALLS }, () => clock.nextRevision(asUserId(user))),
    )
    expect(revisions).toEqual(revisions.toSorted())
  })

  test('that is set back does not go back for a user', async () => {
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

  test('of one user is not pushed on by another’s', async () => {
    const clock = await host()
    const [one, other] = [newUser(), newUser()]
    await world.redis.set(keyOf(one), `${Date.now() + 3_600_000}:00000000000000000000`)
    await clock.nextRevision(asUserId(one))
    expect(timeOf(await clock.nextRevision(asUserId(other)))).toBeLessThan(Date.now() + 60_000)
  })

  test('forgets a user after a day, so that Redis does not fill with them', async () => {
    const clock = await host()
    const user = newUser()
    await clock.nextRevision(asUserId(user))
    const left = await world.redis.ttl(keyOf(user))
    expect(left).toBeGreaterThan(86_000)
    expect(left).toBeLessThanOrEqual(86_400)
  })

  test('is not put off by what is no time of its own', async () => {
    const clock = await host()
    const user = newUser()
    await world.redis.set(keyOf(user), 'nonsense')
    expect(Math.abs(timeOf(await clock.nextRevision(asUserId(user))) - Date.now())).toBeLessThan(
      60_000,
    )
  })
})

describe('the newest revision', () => {
  test('is the last that was given, to whichever host', async () => {
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

describe('while Redis is away', () => {
  test('the host’s own clock stands in, at once, and the log says so', async () => {
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

  test('nobody knows the newest revision, and that is no failure', async () => {
    const clock = await hostAlone()
    expect(await clock.newestRevision(asUserId(newUser()))).toBeUndefined()
  })

  test('revisions are still none twice', async () => {
    const clock = await hostAlone()
    const user = newUser()
    const revisions = await Promise.all(
      Array.from({ length: CALLS }, () => clock.nextRevision(asUserId(user))),
    )
    expect(new Set(revisions).size).toBe(CALLS)
  })
})
