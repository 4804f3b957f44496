import { randomUUID } from 'node:crypto'
import { userFolder } from '@visage/shared/avatar/keys'
import type { Upload } from '@visage/shared/avatar/upload'
import type { Verdict } from '@visage/shared/avatar/upload-record'
import { findReferenced, Purges } from '@visage/shared/db/purges'
import { Uploads } from '@visage/shared/db/uploads'
import { beforeAll, describe, expect, test } from 'vitest'
import { asUploadId, asUserId } from '../support/domain/brands.ts'
import { picture, revisionAt, shuffled, uploadAt } from '../support/domain/uploads.ts'
import { useWorld } from '../support/world/use-world.ts'

const CORRUPT: Verdict = { state: 'rejected', reason: 'corrupt', msg: 'It is damaged' }

const world = useWorld()
let uploads: Uploads

beforeAll(async () => {
  uploads = new Uploads(world.db)
})

let users = 0
const newUser = () => `user-${++users}`
const begin = (upload: Upload) => uploads.beginAttempt(upload, randomUUID())

describe('the query for receipts returns', () => {
  test('the last rejected and the newest pending upload of the user', async () => {
    const [user, other] = [newUser(), newUser()]
    const mine = (time: number) => uploadAt(time, asUserId(user))
    const [a, b, c, d, e] = [mine(1), mine(2), mine(3), mine(4), mine(5)]
    for (const one of shuffled([a, b, c, d, e])) await begin(one)
    await uploads.recordVerdict(b, CORRUPT)
    await uploads.recordVerdict(a, CORRUPT)
    await uploads.commitPicture(e, picture)
    expect((await uploads.findLastRejected(asUserId(user)))?.id).toBe(b.id)
    expect((await uploads.findNewestProcessing(asUserId(user)))?.id).toBe(d.id)
    expect(await uploads.findLastRejected(asUserId(other))).toBeUndefined()
    expect(await uploads.findNewestProcessing(asUserId(other))).toBeUndefined()
    expect(await uploads.find(asUploadId(revisionAt(9)))).toBeUndefined()
  })

  test('which of several uploads have an outcome', async () => {
    const [ended, begun, never] = [uploadAt(1), uploadAt(2), uploadAt(3)]
    await uploads.recordVerdict(ended, CORRUPT)
    await begin(begun)
    const ids = [ended, begun, never].map(({ id }) => id)
    expect(await uploads.findWithOutcome(ids)).toEqual(new Set([ended.id]))
    expect(await uploads.findWithOutcome([])).toEqual(new Set())
  })
})

test('only shown, pending, just finished and purgeable revisions are referenced', async () => {
  const purges = new Purges(world.db)
  const fresh = (time: number) => uploadAt(time, asUserId(newUser()))
  const [shown, working, ended, old, never] = [fresh(1), fresh(2), fresh(3), fresh(4), fresh(5)]
  await uploads.commitPicture(shown, picture)
  await begin(working)
  for (const one of [ended, old]) await uploads.recordVerdict(one, CORRUPT)
  const all = [shown, working, ended, old, never]
  const ids = all.map(({ id }) => id)
  const stored = all.map(({ id, userId }) => ({ revision: id, folder: userFolder(userId) }))
  await world
    .db('uploads')
    .where({ upload_id: old.id })
    .update({ finished_at: new Date(0) })
  expect(await findReferenced(world.db, stored, 60_000)).toEqual(new Set(ids.slice(0, 4)))
  await purges.delete(ids.map((revision) => ({ revision, userId: asUserId(''), removed: false })))
  expect(await findReferenced(world.db, stored, 60_000)).toEqual(new Set(ids.slice(0, 3)))
  expect(await findReferenced(world.db, stored, 0)).toEqual(new Set(ids.slice(0, 2)))
  expect(await findReferenced(world.db, [], 0)).toEqual(new Set())
})
