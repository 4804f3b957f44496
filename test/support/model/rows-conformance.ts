import { randomUUID } from 'node:crypto'
import { userFolder } from '@visage/shared/avatar/keys'
import { rerenderRevision } from '@visage/shared/avatar/recipe-id'
import type { Purge } from '@visage/shared/avatar/removal'
import { Avatars } from '@visage/shared/db/avatars'
import { findReferenced, Purges } from '@visage/shared/db/purges'
import { Rerenders } from '@visage/shared/db/rerenders'
import { Uploads } from '@visage/shared/db/uploads'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asUserId } from '../domain/brands.ts'
import { collect } from '../domain/collect.ts'
import { picture, revisionAt, toGravatar, uploadAt } from '../domain/uploads.ts'
import { useWorld, type World } from '../world/use-world.ts'
import { type DatabasePorts, databasePorts } from './database.ts'
import { Rows } from './rows.ts'

const USERS = [asUserId('alice'), asUserId('bob')]
const HOUR = 3_600_000

/** Eight changes of two users. The number of a statement selects one. */
const uploads = Array.from({ length: 8 }, (_, i) => uploadAt(1000 + i, USERS[i % 2]))

const rerenderOf = ({ id, userId }: (typeof uploads)[number]) => ({
  userId,
  from: id,
  to: rerenderRevision(id, picture.recipe) ?? id,
})

const starts = [randomUUID(), randomUUID()] as const
const CORRUPT = { state: 'rejected', reason: 'corrupt', msg: '' } as const
const GIVEN_UP = { ...CORRUPT, reason: 'unprocessable' } as const

type Statement = (db: DatabasePorts, upload: (typeof uploads)[number]) => Promise<unknown>

const statements = {
  begin: ({ uploads }, upload) => uploads.beginAttempt(upload, starts[0]),
  beginAgain: ({ uploads }, upload) => uploads.beginAttempt(upload, starts[1]),
  recordAttemptEnd: ({ uploads }, { id }) => uploads.recordAttemptEnd(id, starts[0]),
  recordCrash: ({ uploads }, { id }) => uploads.recordCrash(id, starts[1]),
  giveUp: ({ uploads }, upload) => uploads.recordVerdict(upload, GIVEN_UP),
  reject: ({ uploads }, upload) => uploads.recordVerdict(upload, CORRUPT),
  commit: ({ uploads }, upload) => uploads.commitPicture(upload, picture),
  reset: ({ avatars }, { id, userId }) => avatars.change(toGravatar(userId, id)),
  remove: ({ avatars }, { id, userId }) => avatars.remove({ userId, revision: id }),
  rerender: ({ rerenders }, upload) => rerenders.commit(rerenderOf(upload), picture),
  beginRerender: ({ rerenders }, upload) => rerenders.begin(rerenderOf(upload)),
  doneReplaced: ({ purges }, { id, userId }) =>
    purges.delete([{ revision: id, userId, removed: false }]),
  doneRemoved: ({ purges }, { id, userId }) =>
    purges.delete([{ revision: id, userId, removed: true }]),
} satisfies Record<string, Statement>

/** Reads everything that the ports can return. */
async function seen({ uploads: all, avatars, purges, findReferenced }: DatabasePorts) {
  const ids = uploads.map(({ id }) => id)
  const receipts = await Promise.all(ids.map((id) => all.find(id)))
  const users = await Promise.all(USERS.map((user) => avatars.find(user)))
  const pictures = await collect(avatars.pictures())
  const due = await purges.due(0, 100)
  const stored = uploads.flatMap((upload) => {
    const { userId, from, to } = rerenderOf(upload)
    return [from, to].map((revision) => ({ revision, folder: userFolder(userId) }))
  })
  const nobodys = { revision: revisionAt(1), folder: userFolder(asUserId('nobody')) }
  return {
    receipts: receipts.map((receipt) => [
      receipt?.state,
      receipt?.reason ?? undefined,
      Boolean(receipt?.removedAt),
    ]),
    users: users.map((user) => [user?.source, user?.revision]),
    pictures: pictures.map(({ userId, revision }) => [userId, revision]),
    due: inOrder(due),
    atOnce: await Promise.all(USERS.map(async (user) => inOrder(await purges.dueNow(user, 100)))),
    ended: [...(await all.findWithOutcome(ids))].sort(),
    findReferenced: [...(await findReferenced([...stored, nobodys], HOUR))].sort(),
    referencedWithoutGrace: [...(await findReferenced(stored, 0))].sort(),
  }
}

const inOrder = (purges: readonly Purge[]) =>
  purges.toSorted((a, b) => (a.revision < b.revision ? -1 : 1))

const name = fc.constantFrom(...(Object.keys(statements) as (keyof typeof statements)[]))
const sequences = fc.array(fc.tuple(name, fc.nat({ max: 7 })), { minLength: 1, maxLength: 25 })

/** Defines the test that the model's rows answer like Postgres, with `numRuns` random sequences. */
export function testRows(numRuns: number): void {
  const world = useWorld()

  test('the model’s rows answer like Postgres', async () => {
    const postgres = portsOf(world)
    const property = fc.asyncProperty(sequences, async (sequence) => {
      await world.db.raw('truncate avatars, uploads, purges, removals')
      const map = databasePorts(new Rows(), async (_, effect) => effect())
      for (const [statement, n] of sequence) {
        const upload = uploads[n] as (typeof uploads)[number]
        const [real, modelled] = [postgres, map].map((db) => statements[statement](db, upload))
        expect(await modelled).toEqual(await real)
      }
      expect(await seen(map)).toEqual(await seen(postgres))
    })
    await fc.assert(property, { numRuns })
  })
}

const portsOf = ({ db }: World): DatabasePorts => ({
  uploads: new Uploads(db),
  avatars: new Avatars(db),
  purges: new Purges(db),
  rerenders: new Rerenders(db),
  findReferenced: (stored, grace) => findReferenced(db, stored, grace),
})
