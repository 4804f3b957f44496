import { variantPrefix } from '@visage/shared/avatar/keys'
import { beforeAll, expect, test } from 'vitest'
import { asObjectKey, asRevision, asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { allEnded, check, type Findings } from '../support/faults/checker.ts'
import { keepHistory } from '../support/faults/history.ts'
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

/** What each damage does to an upload that is ready, and what the checker is to say. */
const damages: readonly (readonly [
  string,
  (ready: Ready) => unknown | Promise<unknown>,
  keyof Findings,
  RegExp,
])[] = [
  [
    'an upload that never ended',
    ({ user }) => ledger.uploads.push({ user, id: asRevision(unknown), expected: 'ready' }),
    'lost',
    /ended never/,
  ],
  [
    'a second outcome',
    ({ id }) => world.db('uploads').where('upload_id', id).update({ state: 'superseded' }),
    'lost',
    /ended ready and superseded/,
  ],
  [
    'a picture given up whose bytes are gone',
    ({ id }) =>
      world
        .db('uploads')
        .where('upload_id', id)
        .update({ state: 'rejected', reason: 'unprocessable' }),
    'lost',
    /given up is not there/,
  ],
  [
    'an older picture shown',
    ({ user }) => world.db('avatars').where('user_id', user).update({ revision: unknown }),
    'wrong',
    /went from .* to 01900000/,
  ],
  [
    'a reset that did nothing',
    ({ user }) => ledger.resets.push({ user, sent: Date.now() }),
    'wrong',
    /older than the reset/,
  ],
  [
    'a row that is gone',
    ({ user }) => world.db('avatars').where('user_id', user).delete(),
    'wrong',
    /shows undefined/,
  ],
  [
    'an object that is not there',
    async ({ user, id }) => world.store.remove([asObjectKey(await firstKey(user, id))]),
    'wrong',
    /is not there/,
  ],
  [
    'an object that is another',
    async ({ user, id }) =>
      world.store.put(asObjectKey(await firstKey(user, id)), await tiny(2), {
        mediaType: 'image/jpeg',
      }),
    'wrong',
    /is not what its row says/,
  ],
  [
    'a raw object that stays',
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
  await keepHistory(world.db)
  client = new Client(await world.startApi())
  await world.startWorker()
})

test.for(damages)(
  'the checker finds %s, and nothing before',
  async ([user, damage, kind, words]) => {
    await forgetAll()
    const id = await client.upload(user, await tiny())
    ledger.uploads.push({ user, id, expected: 'ready' })
    await eventually('the upload ends', 10_000, () => allEnded(world, ledger))
    await eventually(
      'the raw object goes',
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
