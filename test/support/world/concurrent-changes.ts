import type { AvatarChange } from '@visage/shared/avatar/avatar'
import { Avatars } from '@visage/shared/db/avatars'
import { openDatabase } from '@visage/shared/db/database'
import { expect, test } from 'vitest'
import { asUserId } from '../domain/brands.ts'
import { emailHash, revisionAt, shuffled, toGravatar, toPicture } from '../domain/uploads.ts'
import { purgedRevisions } from './state.ts'
import type { World } from './world.ts'

const USERS = 10
const CONNECTIONS = 8

/** Defines a test with ten users and a number of concurrent changes of each. */
export function testNewestWins(world: World, each: number): void {
  const name = `${USERS * each} changes of ten users, in any order, over eight connections leave each user the newest`
  test(name, async () => {
    const everybody = Array.from({ length: USERS }, (_, i) => `one-of-ten-${i}/é`)
    const changes = everybody.flatMap((user) => changesOf(user, each))
    const applied = await changeAll(world, changes)
    for (const user of everybody) {
      const mine = changes.filter(({ userId }) => userId === user)
      await expectNewest(world, user, mine, applied)
    }
  })
}

const changesOf = (user: string, count: number): AvatarChange[] =>
  Array.from({ length: count }, (_, i) => {
    const revision = revisionAt(1_700_000_000_000 + i)
    return i % 3
      ? toPicture(asUserId(user), revision)
      : toGravatar(asUserId(user), revision, emailHash)
  })

/** @returns the revisions that took effect */
async function changeAll({ env }: World, changes: readonly AvatarChange[]): Promise<Set<string>> {
  const waiting = shuffled(changes)
  const applied = new Set<string>()
  const work = async () => {
    const db = openDatabase({ url: `${env.DATABASE_URL}`, timeout: 60_000 })
    for (let change = waiting.pop(); change; change = waiting.pop())
      if ((await new Avatars(db).change(change)) === 'applied') applied.add(change.revision)
    await db.destroy()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
  return applied
}

/** Expects that the newest is shown, and that every picture shown before is queued for the purge. */
async function expectNewest(
  world: World,
  user: string,
  mine: readonly AvatarChange[],
  applied: ReadonlySet<string>,
): Promise<void> {
  const newest = mine.reduce((a, b) => (a.revision > b.revision ? a : b))
  const { revision, source } = newest
  expect(await new Avatars(world.db).find(asUserId(user))).toMatchObject({ revision, source })
  const replaced = mine.filter(
    (one) => one.source === 'upload' && one !== newest && applied.has(one.revision),
  )
  const kept = await purgedRevisions(world, user)
  expect(kept).toEqual(replaced.map((one) => one.revision).toSorted())
}
