import { rawKey, variantKey } from '@visage/shared/avatar/keys'
import { recipe, type Variant } from '@visage/shared/avatar/recipe'
import { recipeId } from '@visage/shared/avatar/recipe-id'
import type { Upload } from '@visage/shared/avatar/upload'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObjectKey, asUserId } from '../support/domain/brands.ts'
import { recorder } from '../support/domain/log.ts'
import { revisionAt, toGravatar } from '../support/domain/uploads.ts'
import { photo } from '../support/pictures/photo.ts'
import {
  auditNow,
  keysOf,
  NOTHING,
  publish,
  setPicture,
  withOldObjects,
} from '../support/world/audit-services.ts'
import {
  accept,
  connectServices,
  empty,
  type MaintenanceServices,
  MINUTE,
} from '../support/world/maintenance-services.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'
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

async function shown(): Promise<Upload> {
  const upload = await publish(world)
  await setPicture(services, upload)
  return upload
}

describe('a row with missing objects is reported', () => {
  test.each([
    ['one of them', 1],
    ['all of them', 2],
  ])('%s', async (_, count) => {
    const [upload] = [await shown(), await shown(), await shown()]
    const missing = keysOf(upload).slice(0, count)
    await world.store.remove(missing.map(asObjectKey))
    const { log, lines } = recorder()
    expect(await auditNow({ ...services, log })).toEqual({ ...NOTHING, incomplete: 1 })
    const { id: revision, userId: user } = upload
    const named = { level: 50, revision, user, missing, msg: 'Found row with missing objects' }
    expect(lines).toContainEqual(expect.objectContaining(named))
  })

  test('and does not change, nor do its other objects', async () => {
    const upload = await shown()
    const [first = '', second = ''] = keysOf(upload)
    await world.store.remove([asObjectKey(first)])
    const before = await pictureRow(world, upload.userId)
    await auditNow(services)
    expect(await pictureRow(world, upload.userId)).toEqual(before)
    expect(await keysIn(world)).toEqual([second])
  })
})

describe('a complete row is not reported', () => {
  test('nor is a Gravatar, which has no objects', async () => {
    const upload = await shown()
    await services.avatars.change(toGravatar(asUserId('dora'), revisionAt(1)))
    expect(await auditNow(services)).toEqual(NOTHING)
    expect(await keysIn(world)).toEqual(keysOf(upload).toSorted())
  })

  const meanwhile: Record<string, (upload: Upload) => Promise<unknown>> = {
    'one that was reset while the audit went on': ({ userId }) =>
      services.avatars.change(toGravatar(userId, revisionAt(Date.now() + 1000))),
    'one that was replaced by a newer picture while it went on': async ({ userId }) =>
      setPicture(services, await publish(world, userId, Date.now() + 1000)),
    'one whose objects came to be there while it went on': ({ userId, id }) =>
      Promise.all(
        keysOf({ userId, id } as Upload).map((key) =>
          world.store.put(asObjectKey(key), Buffer.from('variant'), { mediaType: 'image/webp' }),
        ),
      ),
  }

  test.each(Object.entries(meanwhile))('nor %s', async (_, happen) => {
    const upload = await shown()
    await world.store.remove(keysOf(upload).map(asObjectKey))
    const calm = withOldObjects(services)
    const listObjects: typeof calm.store.listObjects = async function* (prefix) {
      yield* calm.store.listObjects(prefix)
      await happen(upload)
    }
    const store = { ...calm.store, listObjects }
    expect(await auditNow({ ...calm, store })).toEqual(NOTHING)
  })
})

describe('if the raw object still exists', () => {
  test('the picture is rendered again with the same variants', async () => {
    const upload = await accept(services, await photo({ width: 320, height: 240 }), MINUTE)
    await services.queue.add(upload)
    const app = await world.startWorker()
    await world.outcome(upload.id)
    const row = await pictureRow(world, upload.userId)
    const before = await contents(upload, row.variants)
    await world.store.removePrefix('avatars/')
    await services.raw.put(upload, await photo({ width: 320, height: 240 }))
    expect(await auditNow(services)).toEqual({ ...NOTHING, incomplete: 1, repaired: 1 })
    await world.outcome(`repair-${upload.id}`)
    expect(await contents(upload, row.variants)).toEqual(before)
    expect(await auditNow(services)).toEqual(NOTHING)
    expect(await keysIn(world, rawKey(upload.id))).toEqual([])
    await app.stop()
  })

  test('two audits queue it once', async () => {
    const upload = await shown()
    await world.store.remove(keysOf(upload).map(asObjectKey))
    await services.raw.put(upload, Buffer.from('raw'))
    await Promise.all([auditNow(services), auditNow(services)])
    const jobs = await world.queue.getJobs('waiting')
    expect(jobs.map(({ name, id }) => [name, id])).toEqual([['repair', `repair-${upload.id}`]])
  })
})

describe('if its original was kept', () => {
  test('the picture is rendered from it under another revision', async () => {
    const jpeg = await photo({ width: 320, height: 240 })
    const upload = await accept(services, jpeg, MINUTE)
    await services.queue.add(upload)
    const app = await world.startWorker({ KEEP_ORIGINALS: 'true' })
    await world.outcome(upload.id)
    const before = await pictureRow(world, upload.userId)
    const bytes = await contents(upload, before.variants)
    await world.store.removePrefix('avatars/')
    expect(await auditNow(services)).toEqual({ ...NOTHING, incomplete: 1, repaired: 1 })
    expect(await world.outcome(`rerender-${upload.id}-${recipeId(recipe)}`)).toBe('ready')
    const { revision, variants } = await pictureRow(world, upload.userId)
    expect(revision > upload.id).toBe(true)
    expect(await contents({ ...upload, id: revision }, variants)).toEqual(bytes)
    expect(await auditNow(services)).toEqual(NOTHING)
    await app.stop()
  })
})

function contents({ userId, id }: Upload, variants: readonly Variant[]) {
  return Promise.all(variants.map((one) => world.store.get(variantKey(userId, id, one))))
}
