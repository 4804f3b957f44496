import { originalKey, quarantineKey } from '@visage/shared/avatar/keys'
import { successor } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { uploadIdOf } from '@visage/shared/avatar/upload'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObjectKey, asUploadId, asUserId } from '../support/domain/brands.ts'
import { recorder } from '../support/domain/log.ts'
import { revisionAt, toGravatar, uploadAt } from '../support/domain/uploads.ts'
import {
  auditNow,
  GRACE,
  keysOf,
  NOTHING,
  publish,
  setPicture,
  withOldObjects,
} from '../support/world/audit-services.ts'
import {
  connectServices,
  empty,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import { keysIn, stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let services: MaintenanceServices

beforeAll(async () => {
  services = await connectServices(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await services.close()
})

/** Creates the receipt of a running attempt. */
const begin = ({ id, userId, bytes, format, correlationId, acceptedAt }: Upload) =>
  world.db('uploads').insert({
    upload_id: id,
    user_id: userId,
    state: 'processing',
    bytes,
    format,
    correlation_id: correlationId,
    accepted_at: acceptedAt,
  })

const keep = ({ id, userId }: Upload) =>
  world.store.put(originalKey(userId, id), Buffer.from('bytes'), { mediaType: 'image/jpeg' })

/** Records an outcome and deletes the resulting purge, so that only the outcome references the upload. */
async function end(upload: Upload): Promise<void> {
  await services.uploads.recordVerdict(upload, { state: 'superseded' })
  await services.purges.delete([{ revision: upload.id, userId: upload.userId, removed: false }])
}

describe('the audit keeps variants that are referenced by', () => {
  const references: Record<string, (upload: Upload) => Promise<unknown>> = {
    'the row that shows them': (upload) => setPicture(services, upload),
    'the list of those to be purged': async ({ id, userId }) =>
      world.db('purges').insert({ revision: id, user_id: userId }),
    'an upload that has no outcome yet': async (upload) => begin(upload),
    'an outcome that is younger than the grace period': end,
    'the raw object that they are made from': (upload) =>
      services.raw.put(upload, Buffer.from('raw')),
  }

  test.each(Object.entries(references))('%s', async (_, refer) => {
    const upload = await publish(world)
    await refer(upload)
    const before = await keysIn(world)
    expect(await auditNow(withOldObjects(services))).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual(before)
    expect(before).toEqual(expect.arrayContaining(keysOf(upload)))
  })

  test('the row of a picture that a worker may be rerendering as them', async () => {
    const before = await publish(world)
    await setPicture(services, before)
    const to = successor(before.id, 7) ?? before.id
    const rerendered = await publish(world, before.userId, undefined, uploadIdOf(to))
    expect(await auditNow(withOldObjects(services))).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual([...keysOf(before), ...keysOf(rerendered)].toSorted())
    await services.avatars.change(toGravatar(before.userId, revisionAt(Date.now() + 1000)))
    expect(await auditNow(withOldObjects(services))).toEqual({ ...NOTHING, orphans: 1 })
  })

  test('no row but are young', async () => {
    const upload = await publish(world)
    expect(await auditNow(services)).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual(keysOf(upload).toSorted())
  })

  test('a row that shows them while the audit runs', async () => {
    const upload = await publish(world)
    const racing = withOldObjects(services)
    const listObjects: typeof racing.store.listObjects = async function* (prefix) {
      yield* racing.store.listObjects(prefix)
      await setPicture(services, upload)
    }
    const store = { ...racing.store, listObjects }
    expect(await auditNow({ ...racing, store })).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual(keysOf(upload).toSorted())
  })
})

describe('the audit deletes unreferenced variants', () => {
  async function expectRemoved(count = 1): Promise<void> {
    expect(await auditNow(withOldObjects(services))).toEqual({ ...NOTHING, orphans: count })
  }

  test('of a user without a row', async () => {
    await publish(world)
    await expectRemoved()
    expect(await keysIn(world)).toEqual([])
  })

  test('of a user with a Gravatar', async () => {
    const { userId } = await publish(world)
    await services.avatars.change(toGravatar(userId, revisionAt(Date.now())))
    await expectRemoved()
    expect(await keysIn(world)).toEqual([])
  })

  test.each([
    ['older', -1000],
    ['newer', 1000],
  ])('beside those that the user shows, %s ones', async (_, later) => {
    const shown = await publish(world)
    await setPicture(services, shown)
    await publish(world, shown.userId, Date.now() + later)
    await expectRemoved()
    expect(await keysIn(world)).toEqual(keysOf(shown).toSorted())
  })

  test('whose upload got its outcome before the grace period', async () => {
    const upload = await publish(world)
    await end(upload)
    const finished_at = new Date(Date.now() - GRACE - 1000)
    await world.db('uploads').where('upload_id', upload.id).update({ finished_at })
    await expectRemoved()
    expect(await keysIn(world)).toEqual([])
  })

  test('of many users and no other variants', async () => {
    const shown = [await publish(world), await publish(world), await publish(world)]
    for (const upload of shown) await setPicture(services, upload)
    for (const time of [1, 2]) await publish(world, shown[1]?.userId, time)
    for (let i = 0; i < 5; i++) await publish(world)
    await expectRemoved(7)
    expect(await keysIn(world)).toEqual(shown.flatMap(keysOf).toSorted())
  })

  test('and their originals, even those without variants', async () => {
    const [shown, stray, bare] = [
      await publish(world),
      await publish(world),
      uploadAt(1, asUserId('bare')),
    ]
    await setPicture(services, shown)
    for (const upload of [shown, stray, bare]) await keep(upload)
    await expectRemoved(2)
    const original = originalKey(shown.userId, shown.id)
    expect(await keysIn(world)).toEqual([...keysOf(shown), original].toSorted())
  })

  test('and logs each revision', async () => {
    const upload = await publish(world)
    const { log, lines } = recorder()
    await auditNow({ ...withOldObjects(services), log })
    const named = { level: 40, revision: upload.id, msg: 'Found unreferenced variants' }
    expect(lines).toContainEqual(expect.objectContaining(named))
  })
})

test('a dry run reports the same and changes nothing', async () => {
  const shown = await publish(world)
  await setPicture(services, shown)
  await world.store.remove(keysOf(shown).map(asObjectKey))
  await services.raw.put(shown, Buffer.from('raw'))
  await publish(world)
  const before = [await stateOf(world, shown.userId), await keysIn(world)]
  const report = await auditNow(withOldObjects(services), { dryRun: true })
  expect(report).toEqual({ orphans: 1, incomplete: 1, repaired: 0 })
  expect([await stateOf(world, shown.userId), await keysIn(world)]).toEqual(before)
})

test('the audit keeps other objects', async () => {
  const id = revisionAt(1)
  const keys = [
    'avatars/readme.txt',
    `avatars/x/${id}/a/b.webp`,
    quarantineKey(asUploadId(id)),
    'other/thing',
  ]
  keys.push('originals/readme.txt', `originals/x/${id}/a`)
  for (const key of keys)
    await world.store.put(asObjectKey(key), Buffer.from('x'), { mediaType: 'text/plain' })
  expect(await auditNow(withOldObjects(services))).toEqual(NOTHING)
  expect(await keysIn(world)).toEqual(keys.toSorted())
})
