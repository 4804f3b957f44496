import { variantPrefix } from '@visage/shared/avatar/keys'
import { beforeAll, expect, test } from 'vitest'
import { asObjectKey, asRevision, asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { allHaveOutcome, check, type Findings } from '../support/faults/checker.ts'
import { recordHistory } from '../support/faults/history.ts'
import { Ledger } from '../support/faults/ledger.ts'
import { Client } from '../support/http/http.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { keysIn } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

interface Ready {
  readonly user: string
  readonly id: string
}

const world = useWorld()
let ledger: Ledger
const unknown = '01900000-0000-7000-8000-000000000000'

/** Damage to a ready upload, and the finding that the checker must report. */
const damages: readonly (readonly [
  string,
  (ready: Ready) => unknown | Promise<unknown>,
  keyof Findings,
  RegExp,
])[] = [
  [
    'an upload without an outcome',
    ({ user }) => ledger.uploads.push({ user, id: asRevision(unknown), expected: 'ready' }),
    'lost',
    /outcome none/,
  ],
  [
    'a second outcome',
    ({ id }) => world.db('uploads').where('upload_id', id).update({ state: 'superseded' }),
    'lost',
    /outcome ready and superseded/,
  ],
  [
    'an unprocessable upload that is not in quarantine',
    ({ id }) =>
      world
        .db('uploads')
        .where('upload_id', id)
        .update({ state: 'rejected', reason: 'unprocessable' }),
    'lost',
    /unprocessable upload is missing/,
  ],
  [
    'a row that shows an older picture',
    ({ user }) => world.db('avatars').where('user_id', user).update({ revision: unknown }),
    'wrong',
    /went from .* to 01900000/,
  ],
  [
    'a reset without effect',
    ({ user }) => ledger.resets.push({ user, sent: Date.now() }),
    'wrong',
    /older than the reset/,
  ],
  [
    'a deleted row',
    ({ user }) => world.db('avatars').where('user_id', user).delete(),
    'wrong',
    /shows undefined/,
  ],
  [
    'a missing object',
    async ({ user, id }) => world.store.remove([asObjectKey(await firstKey(user, id))]),
    'wrong',
    /is missing/,
  ],
  [
    'an object with other bytes',
    async ({ user, id }) =>
      world.store.put(asObjectKey(await firstKey(user, id)), await tiny(2), {
        mediaType: 'image/jpeg',
      }),
    'wrong',
    /does not match its row/,
  ],
  [
    'a raw object of a finished upload',
    ({ id }) =>
      world.store.put(asObjectKey(`raw/${id}`), Buffer.from('raw'), { mediaType: 'image/jpeg' }),
    'leftovers',
    /^raw\//,
  ],
  [
    'a quarantine without a verdict',
    ({ id }) =>
      world.store.put(asObjectKey(`quarantine/${id}`), Buffer.from('raw'), {
        mediaType: 'image/jpeg',
      }),
    'leftovers',
    /^quarantine\//,
  ],
]

let client: Client

beforeAll(async () => {
  await recordHistory(world.db)
  client = new Client(await world.startApi())
  await world.startWorker()
})

test.for(damages)(
  'the checker reports %s, and nothing before the damage',
  async ([user, damage, kind, words]) => {
    await forgetAll()
    const id = await client.upload(user, await tiny())
    ledger.uploads.push({ user, id, expected: 'ready' })
    await eventually('the outcome of the upload', 10_000, () => allHaveOutcome(world, ledger))
    await eventually(
      'the raw object is deleted',
      10_000,
      async () => !(await keysIn(world, 'raw/')).length,
    )
    expect(await check(world, ledger)).toEqual({ lost: [], wrong: [], leftovers: [] })
    await damage({ user, id })
    expect((await check(world, ledger))[kind].join()).toMatch(words)
  },
)

async function forgetAll(): Promise<void> {
  ledger = new Ledger()
  await world.db.raw('truncate avatars, uploads, purges, fault_rows, fault_outcomes')
  await world.store.remove((await keysIn(world)).map(asObjectKey))
}

async function firstKey(user: string, id: string): Promise<string> {
  const [key = ''] = await keysIn(world, variantPrefix(asUserId(user), asRevision(id)))
  return key
}
