import type { Revision } from '@visage/shared/avatar/revision'
import { Avatars } from '@visage/shared/db/avatars'
import { Purges } from '@visage/shared/db/purges'
import { beforeAll, describe, expect, test } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { emailHash, picture, revisionAt, toGravatar, toPicture } from '../support/domain/uploads.ts'
import { testNewestWins } from '../support/world/concurrent-changes.ts'
import { purgedRevisions } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let avatars: Avatars
let purges: Purges

beforeAll(async () => {
  avatars = new Avatars(world.db)
  purges = new Purges(world.db)
})

let users = 0
const newUser = () => `user-${++users}/é`

const purged = (userId: string) => purgedRevisions(world, userId)

describe('a change', () => {
  test('to a picture is stored', async () => {
    const user = newUser()
    const revision = revisionAt(1)
    expect(await avatars.change(toPicture(asUserId(user), revision))).toBe('applied')
    const { source: _, recipe: __, ...shown } = picture
    const found = await avatars.find(asUserId(user))
    expect(found).toEqual({
      ...shown,
      source: 'upload',
      userId: user,
      revision,
      updatedAt: expect.any(Date),
    })
  })

  test.each([emailHash, undefined])('to Gravatar with the hash %s is stored', async (hash) => {
    const user = newUser()
    const revision = revisionAt(1)
    await avatars.change(toGravatar(asUserId(user), revision, hash))
    expect(await avatars.find(asUserId(user))).toEqual({
      source: 'gravatar',
      userId: user,
      revision,
      emailHash: hash ?? null,
      updatedAt: expect.any(Date),
    })
  })

  test('replaces every column', async () => {
    const user = newUser()
    await avatars.change(toPicture(asUserId(user), revisionAt(1)))
    await avatars.change(toGravatar(asUserId(user), revisionAt(2), emailHash))
    const [row] = await world.db('avatars').where('user_id', user)
    expect(row).toMatchObject({ variants: [], placeholder: null, color: null, source_width: null })
    await avatars.change(toPicture(asUserId(user), revisionAt(3)))
    expect(await world.db('avatars').where('user_id', user)).toMatchObject([{ email_hash: null }])
  })

  test('that is older than the current one changes nothing', async () => {
    const user = newUser()
    const newer = revisionAt(2)
    await avatars.change(toGravatar(asUserId(user), newer))
    expect(await avatars.change(toPicture(asUserId(user), revisionAt(1)))).toBe('superseded')
    expect(await avatars.find(asUserId(user))).toMatchObject({
      source: 'gravatar',
      revision: newer,
    })
    expect(await purged(user)).toEqual([])
  })

  test('made twice has the effect of one change', async () => {
    const user = newUser()
    const change = toPicture(asUserId(user), revisionAt(1))
    expect(await Promise.all([change, change, change].map((one) => avatars.change(one)))).toEqual([
      ...['applied', 'applied', 'applied'],
    ])
    expect(await world.db('avatars').where('user_id', user)).toHaveLength(1)
    expect(await purged(user)).toEqual([])
  })

  test('of one user does not change others', async () => {
    const [one, other] = [newUser(), newUser()]
    await avatars.change(toPicture(asUserId(one), revisionAt(1)))
    await avatars.change(toGravatar(asUserId(other), revisionAt(2)))
    expect(await avatars.find(asUserId(one))).toMatchObject({ source: 'upload' })
    expect(await avatars.find(asUserId('nobody'))).toBeUndefined()
  })
})

describe('a user’s first changes', () => {
  test('can be concurrent', async () => {
    for (let i = 0; i < 100; i++) {
      const user = newUser()
      const revisions = Array.from({ length: 8 }, (_, time) => revisionAt(time))
      await Promise.all(
        revisions.map((revision) => avatars.change(toPicture(asUserId(user), revision))),
      )
      expect((await avatars.find(asUserId(user)))?.revision).toBe(revisions.at(-1))
    }
  })
})

testNewestWins(world, 20)

describe('the purge queue', () => {
  test('has every replaced uploaded picture and no Gravatar', async () => {
    const user = newUser()
    const [a, b, c, d] = [1, 2, 3, 4].map(revisionAt) as [Revision, Revision, Revision, Revision]
    await avatars.change(toPicture(asUserId(user), a))
    expect(await purged(user)).toEqual([])
    await avatars.change(toPicture(asUserId(user), b))
    expect(await purged(user)).toEqual([a])
    await avatars.change(toGravatar(asUserId(user), c))
    expect(await purged(user)).toEqual([a, b])
    await avatars.change(toPicture(asUserId(user), d))
    expect(await purged(user)).toEqual([a, b])
  })

  test('has the picture of a user whose row is deleted', async () => {
    const [one, other] = [newUser(), newUser()]
    const revision = revisionAt(1)
    await avatars.change(toPicture(asUserId(one), revision))
    await avatars.change(toGravatar(asUserId(other), revisionAt(1)))
    await world.db('avatars').whereIn('user_id', [one, other]).delete()
    expect(await purged(one)).toEqual([revision])
    expect(await purged(other)).toEqual([])
  })
})

describe('the due purges', () => {
  const age = async (revision: string, milliseconds: number) => {
    await world
      .db('purges')
      .where({ revision })
      .update({
        superseded_at: world.db.raw("now() - ? * interval '1 millisecond'", [milliseconds]),
      })
  }

  test('are older than the grace period, oldest first, up to the limit', async () => {
    await world.db('purges').delete()
    const user = newUser()
    const revisions = Array.from({ length: 5 }, (_, i) => revisionAt(i))
    for (const revision of [...revisions, revisionAt(9)])
      await avatars.change(toPicture(asUserId(user), revision))
    for (const [i, revision] of revisions.entries()) await age(revision, i * 60_000)
    const due = async (limit: number) =>
      (await purges.due(90_000, limit)).map(({ revision }) => revision)
    expect(await due(10)).toEqual([revisions[4], revisions[3], revisions[2]])
    expect(await due(2)).toEqual([revisions[4], revisions[3]])
    const oldest = { revision: revisions[4], userId: user, removed: false }
    expect(await purges.due(90_000, 1)).toEqual([oldest])
    await purges.delete(await purges.due(90_000, 2))
    expect(await due(10)).toEqual([revisions[2]])
    await purges.delete([])
    expect(await due(10)).toEqual([revisions[2]])
  })

  test('never include a shown picture', async () => {
    await world.db('purges').delete()
    const user = newUser()
    const revision = revisionAt(1)
    await avatars.change(toPicture(asUserId(user), revision))
    await world.db('purges').insert({ revision, user_id: user })
    await age(revision, 1_000_000)
    expect(await purges.due(0, 10)).toEqual([])
    await avatars.change(toGravatar(asUserId(user), revisionAt(2)))
    expect(await purges.due(0, 10)).toEqual([{ revision, userId: user, removed: false }])
  })
})
