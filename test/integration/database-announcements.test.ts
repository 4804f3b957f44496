import { Announcements } from '@visage/shared/db/announcements'
import { Avatars } from '@visage/shared/db/avatars'
import { openDatabase } from '@visage/shared/db/database'
import { Uploads } from '@visage/shared/db/uploads'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { collect } from '../support/domain/collect.ts'
import {
  emailHash,
  picture,
  revisionAt,
  shuffled,
  toGravatar,
  toPicture,
  uploadAt,
} from '../support/domain/uploads.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let avatars: Avatars
let uploads: Uploads
let announcements: Announcements

beforeAll(async () => {
  avatars = new Avatars(world.db, true)
  uploads = new Uploads(world.db, true)
  announcements = new Announcements(world.db)
})
beforeEach(() => world.db.raw('truncate avatars, uploads, purges, removals, announcements'))

const waiting = async () => (await collect(announcements.pending())).flat()

describe('a change that takes effect', () => {
  const takesEffect = {
    'an upload that becomes ready': async () => {
      const upload = uploadAt(1)
      await uploads.commitPicture(upload, picture)
      return ['upload', upload.id] as const
    },
    'a switch to Gravatar': async () => {
      const revision = revisionAt(1)
      await avatars.change(toGravatar(asUserId('alice'), revision, emailHash))
      return ['gravatar', revision] as const
    },
    'a removal': async () => {
      const revision = revisionAt(1)
      await avatars.remove({ userId: asUserId('alice'), revision })
      return ['none', revision] as const
    },
  }

  test.each(Object.entries(takesEffect))('is announced: %s', async (_, change) => {
    const [source, revision] = await change()
    const avatar = await avatars.find(asUserId('alice'))
    expect(await announcements.find(revision)).toEqual({
      revision,
      userId: 'alice',
      source,
      changedAt: avatar?.updatedAt,
    })
    expect(await waiting()).toEqual([revision])
  })

  test('is announced once, even if it is applied again after the delivery', async () => {
    const revision = revisionAt(1)
    const apply = () => avatars.change(toPicture(asUserId('alice'), revision))
    expect(await Promise.all([apply(), apply(), apply()])).toEqual(Array(3).fill('applied'))
    expect(await waiting()).toEqual([revision])
    const { updatedAt } = (await avatars.find(asUserId('alice'))) ?? {}
    await announcements.delete(revision)
    expect(await apply()).toBe('applied')
    expect(await waiting()).toEqual([])
    expect((await avatars.find(asUserId('alice')))?.updatedAt).toEqual(updatedAt)
  })

  test('is not announced without a webhook', async () => {
    await new Avatars(world.db).change(toGravatar(asUserId('alice'), revisionAt(1)))
    await new Avatars(world.db).remove({ userId: asUserId('alice'), revision: revisionAt(2) })
    await new Uploads(world.db).commitPicture(uploadAt(3), picture)
    expect(await waiting()).toEqual([])
  })
})

describe('a change without effect', () => {
  test('is not announced: rejected or superseded', async () => {
    const newest = revisionAt(9)
    await avatars.change(toGravatar(asUserId('alice'), newest))
    const rejection = { state: 'rejected', reason: 'corrupt', msg: '' } as const
    expect(await uploads.recordVerdict(uploadAt(1), rejection)).toBe('rejected')
    expect(await uploads.commitPicture(uploadAt(2), picture)).toBe('superseded')
    expect(await uploads.recordVerdict(uploadAt(3), { state: 'superseded' })).toBe('superseded')
    expect(await avatars.change(toPicture(asUserId('alice'), revisionAt(4)))).toBe('superseded')
    expect(await avatars.remove({ userId: asUserId('alice'), revision: revisionAt(5) })).toBe(
      'superseded',
    )
    expect(await waiting()).toEqual([newest])
  })

  test('is not announced: failed transaction', async () => {
    await world.db.raw('alter table removals rename to hidden')
    const removal = { userId: asUserId('alice'), revision: revisionAt(1) }
    await expect(avatars.remove(removal)).rejects.toThrow()
    await world.db.raw('alter table hidden rename to removals')
    expect(await avatars.find(asUserId('alice'))).toBeUndefined()
    expect(await waiting()).toEqual([])
  })
})

test('400 concurrent changes over eight connections announce those that took effect', async () => {
  const changes = shuffled(
    Array.from({ length: 400 }, (_, i) =>
      toPicture(asUserId(`user-${i % 4}`), revisionAt(1_000 + i)),
    ),
  )
  const applied: string[] = []
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const db = openDatabase({ url: `${world.env.DATABASE_URL}`, timeout: 5000 })
      for (let change = changes.pop(); change; change = changes.pop())
        if ((await new Avatars(db, true).change(change)) === 'applied')
          applied.push(change.revision)
      await db.destroy()
    }),
  )
  expect(applied.length).toBeGreaterThan(3)
  expect(await waiting()).toEqual(applied.toSorted())
})

test('pending announcements are read in pages, oldest revision first', async () => {
  const revisions = Array.from({ length: 7 }, (_, i) => revisionAt(i))
  for (const [i, revision] of shuffled([...revisions.entries()]))
    await avatars.change(toGravatar(asUserId(`user-${i}`), revision))
  expect(await announcements.count()).toBe(7)
  const pages = async (size: number) =>
    (await collect(announcements.pending(size))).map((page) => page.length)
  expect(await waiting()).toEqual(revisions)
  expect(await pages(3)).toEqual([3, 3, 1])
  expect(await pages(7)).toEqual([7])
  await announcements.delete(asRevision(`${revisions[0]}`))
  expect(await announcements.find(asRevision(`${revisions[0]}`))).toBeUndefined()
  expect(await waiting()).toEqual(revisions.slice(1))
})
