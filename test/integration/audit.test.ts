import { originalKey, quarantineKey } from '@visage/shared/avatar/keys'
import { successor } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { uploadIdOf } from '@visage/shared/avatar/upload'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObjectKey, asUploadId, asUserId } from '../support/domain/brands.ts'
import { recorder } from '../support/domain/log.ts'
import { revisionAt, toGravatar, uploadAt } from '../support/domain/uploads.ts'
import {
  aged,
  auditNow,
  GRACE,
  keysOf,
  NOTHING,
  publish,
  show,
} from '../support/world/audit-parts.ts'
import { connectParts, empty, type Parts } from '../support/world/maintenance-parts.ts'
import { keysIn, stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let parts: Parts

beforeAll(async () => {
  parts = await connectParts(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await parts.close()
})

/** The receipt of an attempt that goes on. */
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

/** Ends the upload, and takes away what that puts down for purging: its outcome alone speaks for it. */
async function end(upload: Upload): Promise<void> {
  await parts.uploads.recordVerdict(upload, { state: 'superseded' })
  await parts.purges.delete([{ revision: upload.id, userId: upload.userId, removed: false }])
}

describe('variants stay that are spoken for by', () => {
  const references: Record<string, (upload: Upload) => Promise<unknown>> = {
    'the row that shows them': (upload) => show(parts, upload),
    'the list of those to be purged': async ({ id, userId }) =>
      world.db('purges').insert({ revision: id, user_id: userId }),
    'an upload that has no outcome yet': async (upload) => begin(upload),
    'an outcome that is younger than the grace period': end,
    'the raw object that they are made from': (upload) => parts.raw.put(upload, Buffer.from('raw')),
  }

  test.each(Object.entries(references))('%s', async (_, refer) => {
    const upload = await publish(world)
    await refer(upload)
    const before = await keysIn(world)
    expect(await auditNow(aged(parts))).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual(before)
    expect(before).toEqual(expect.arrayContaining(keysOf(upload)))
  })

  test('the row whose picture a worker may be rendering anew as them', async () => {
    const before = await publish(world)
    await show(parts, before)
    const to = successor(before.id, 7) ?? before.id
    const anew = await publish(world, before.userId, undefined, uploadIdOf(to))
    expect(await auditNow(aged(parts))).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual([...keysOf(before), ...keysOf(anew)].toSorted())
    await parts.avatars.change(toGravatar(before.userId, revisionAt(Date.now() + 1000)))
    expect(await auditNow(aged(parts))).toEqual({ ...NOTHING, orphans: 1 })
  })

  test('their own youth', async () => {
    const upload = await publish(world)
    expect(await auditNow(parts)).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual(keysOf(upload).toSorted())
  })

  test('a row that comes to show them while the audit goes on', async () => {
    const upload = await publish(world)
    const racing = aged(parts)
    const listObjects: typeof racing.store.listObjects = async function* (prefix) {
      yield* racing.store.listObjects(prefix)
      await show(parts, upload)
    }
    const store = { ...racing.store, listObjects }
    expect(await auditNow({ ...racing, store })).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual(keysOf(upload).toSorted())
  })
})

describe('variants go that nothing speaks for', () => {
  async function expectRemoved(count = 1): Promise<void> {
    expect(await auditNow(aged(parts))).toEqual({ ...NOTHING, orphans: count })
  }

  test('of a user who has no row', async () => {
    await publish(world)
    await expectRemoved()
    expect(await keysIn(world)).toEqual([])
  })

  test('of a user who shows a Gravatar', async () => {
    const { userId } = await publish(world)
    await parts.avatars.change(toGravatar(userId, revisionAt(Date.now())))
    await expectRemoved()
    expect(await keysIn(world)).toEqual([])
  })

  test.each([
    ['older', -1000],
    ['newer', 1000],
  ])('beside those that the user shows, %s ones', async (_, later) => {
    const shown = await publish(world)
    await show(parts, shown)
    await publish(world, shown.userId, Date.now() + later)
    await expectRemoved()
    expect(await keysIn(world)).toEqual(keysOf(shown).toSorted())
  })

  test('whose upload has had its outcome for longer than the grace period', async () => {
    const upload = await publish(world)
    await end(upload)
    const finished_at = new Date(Date.now() - GRACE - 1000)
    await world.db('uploads').where('upload_id', upload.id).update({ finished_at })
    await expectRemoved()
    expect(await keysIn(world)).toEqual([])
  })

  test('of many users, and no others', async () => {
    const shown = [await publish(world), await publish(world), await publish(world)]
    for (const upload of shown) await show(parts, upload)
    for (const time of [1, 2]) await publish(world, shown[1]?.userId, time)
    for (let i = 0; i < 5; i++) await publish(world)
    await expectRemoved(7)
    expect(await keysIn(world)).toEqual(shown.flatMap(keysOf).toSorted())
  })

  test('and their originals with them, also those that have no variants left', async () => {
    const [shown, stray, bare] = [
      await publish(world),
      await publish(world),
      uploadAt(1, asUserId('bare')),
    ]
    await show(parts, shown)
    for (const upload of [shown, stray, bare]) await keep(upload)
    await expectRemoved(2)
    const original = originalKey(shown.userId, shown.id)
    expect(await keysIn(world)).toEqual([...keysOf(shown), original].toSorted())
  })

  test('and are named in the log, each by its revision', async () => {
    const upload = await publish(world)
    const { log, lines } = recorder()
    await auditNow({ ...aged(parts), log })
    const named = { level: 40, revision: upload.id, msg: 'Found unreferenced variants' }
    expect(lines).toContainEqual(expect.objectContaining(named))
  })
})

test('a dry run says the same, and changes nothing', async () => {
  const shown = await publish(world)
  await show(parts, shown)
  await world.store.remove(keysOf(shown).map(asObjectKey))
  await parts.raw.put(shown, Buffer.from('raw'))
  await publish(world)
  const before = [await stateOf(world, shown.userId), await keysIn(world)]
  const report = await auditNow(aged(parts), { dryRun: true })
  expect(report).toEqual({ orphans: 1, incomplete: 1, repaired: 0 })
  expect([await stateOf(world, shown.userId), await keysIn(world)]).toEqual(before)
})

test('what is no variant is left where it lies', async () => {
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
  expect(await auditNow(aged(parts))).toEqual(NOTHING)
  expect(await keysIn(world)).toEqual(keys.toSorted())
})
