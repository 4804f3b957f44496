import { quarantineKey, rawKey } from '@visage/shared/avatar/keys'
import { makeRevision } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { createPrivateBucket } from '@visage/shared/storage/bucket'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { asObjectKey, asUploadId, asUserId } from '../support/domain/brands.ts'
import { collect } from '../support/domain/collect.ts'
import { testListing } from '../support/world/object-listing.ts'
import { useWorld } from '../support/world/use-world.ts'

const PNG = { mediaType: 'image/png' }
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i))

const world = useWorld()
let store: ObjectStore

beforeAll(async () => {
  store = world.store
})

describe('an object', () => {
  test.each([
    ['of every byte', everyByte],
    ['of one byte', Buffer.from('x')],
    ['of no bytes', Buffer.alloc(0)],
    ['of 8 MiB', Buffer.alloc(8 * 1024 ** 2, everyByte)],
  ])('%s comes out as it went in', async (name, bytes) => {
    const key = `round/${name.replaceAll(' ', '-')}`
    await store.put(asObjectKey(key), bytes, PNG)
    expect((await store.get(asObjectKey(key)))?.equals(bytes)).toBe(true)
    expect((await store.stat(asObjectKey(key)))?.bytes).toBe(bytes.length)
  })

  test('that is put again has the later bytes', async () => {
    await store.put(asObjectKey('again'), Buffer.from('first'), PNG)
    await store.put(asObjectKey('again'), Buffer.from('second'), PNG)
    expect(`${await store.get(asObjectKey('again'))}`).toBe('second')
  })

  test('that is missing is undefined', async () => {
    expect(await store.get(asObjectKey('nowhere'))).toBeUndefined()
    expect(await store.stat(asObjectKey('nowhere'))).toBeUndefined()
  })

  test('has the metadata of its PUT with lower-case names', async () => {
    await store.put(asObjectKey('meta'), Buffer.from('x'), {
      ...PNG,
      metadata: { 'source-format': 'png' },
    })
    const { metadata } = (await store.stat(asObjectKey('meta'))) ?? {}
    expect(metadata).toMatchObject({ 'source-format': 'png', 'content-type': 'image/png' })
  })
})

describe('removing', () => {
  test('removes the given keys and nothing else', async () => {
    for (const name of ['a', 'b', 'c'])
      await store.put(asObjectKey(`remove/${name}`), everyByte, PNG)
    await store.remove([asObjectKey('remove/a'), asObjectKey('remove/c')])
    expect(await collect(store.list('remove/'))).toEqual(['remove/b'])
  })

  test('missing keys, or no keys, succeeds', async () => {
    await store.remove([asObjectKey('nowhere/1'), asObjectKey('nowhere/2')])
    await store.remove([])
    await store.removePrefix('nowhere/')
  })

  test('a folder keeps folders whose names start with its name', async () => {
    for (const key of ['folder/1/a', 'folder/1/b', 'folder/10/a', 'folder/1'])
      await store.put(asObjectKey(key), everyByte, PNG)
    await store.removePrefix('folder/1/')
    expect(await collect(store.list('folder/'))).toEqual(['folder/1', 'folder/10/a'])
  })
})

testListing(world, 30)

describe('a raw object', () => {
  const upload = (userId: string, time = Date.now()): Upload => ({
    id: asUploadId(makeRevision(time, Buffer.alloc(10, userId.length))),
    userId: asUserId(userId),
    bytes: everyByte.length,
    format: 'webp',
    acceptedAt: new Date(time),
    correlationId: '5e9a3f0e-0000-4000-8000-000000000001',
    framing: { crop: { x: 1, y: 2, width: 300, height: 400 } },
  })

  test.each([
    ...['alice', 'a/../b', 'auth0|42', ' ', '"quoted"', 'a b', '%2F', 'x'.repeat(128)],
    ...['José', 'e\u0301', 'Ωμέγα', '山田太郎', '👩‍👩‍👧‍👦', '\u202e', '\u{1f4a9}'.repeat(64)],
  ])('of %j restores its upload', async (userId) => {
    const raw = new RawObjects(store)
    const mine = upload(userId)
    await raw.put(mine, everyByte)
    expect(await raw.find(mine.id)).toEqual(mine)
    expect((await raw.get(mine.id))?.equals(everyByte)).toBe(true)
    await raw.remove(mine.id)
    expect(await raw.find(mine.id)).toBeUndefined()
    expect(await raw.get(mine.id)).toBeUndefined()
    await raw.remove(mine.id)
  })

  test('is stored under raw/ and listed oldest first', async () => {
    const raw = new RawObjects(store)
    const uploads = [3000, 1000, 2000].map((time) => upload('alice', time))
    for (const one of uploads) await raw.put(one, everyByte)
    await store.put(asObjectKey('raw/not-one-of-ours'), everyByte, PNG)
    const ids = uploads.map(({ id }) => id).toSorted()
    expect(await collect(raw.list())).toEqual(ids)
    expect(await collect(store.list('raw/'))).toEqual([...ids.map(rawKey), 'raw/not-one-of-ours'])
    await raw.remove(...ids)
    expect(await collect(raw.list())).toEqual([])
  })

  test('in quarantine keeps its bytes and metadata until it is removed', async () => {
    const raw = new RawObjects(store)
    const mine = upload('Ωμέγα')
    await raw.put(mine, everyByte)
    await raw.quarantine(mine.id)
    await raw.quarantine(mine.id)
    expect(await raw.find(mine.id)).toEqual(mine)
    await raw.remove(mine.id)
    expect((await store.get(quarantineKey(mine.id)))?.equals(everyByte)).toBe(true)
    expect((await store.stat(quarantineKey(mine.id)))?.metadata).toMatchObject({
      'user-id': Buffer.from('Ωμέγα').toString('base64url'),
    })
    expect(await raw.find(mine.id)).toBeUndefined()
  })
})

describe('the bucket', () => {
  const settings = () => ({ ...inject('servers').s3, bucket: `${world.env.S3_BUCKET}-fresh` })

  test('is created once by concurrent callers and keeps its objects', async () => {
    await Promise.all(Array.from({ length: 8 }, () => createPrivateBucket(settings())))
    const fresh = ObjectStore.connect(settings(), 5000)
    await fresh.ping()
    await fresh.put(asObjectKey('kept'), Buffer.from('kept'), PNG)
    await createPrivateBucket(settings())
    expect(`${await fresh.get(asObjectKey('kept'))}`).toBe('kept')
    fresh.close()
  })

  test('that is missing makes every call fail', async () => {
    const nowhere = ObjectStore.connect({ ...settings(), bucket: 'visage-never-made' }, 5000)
    const failed = { problem: 'storeFailed' }
    await expect(nowhere.ping()).rejects.toMatchObject(failed)
    await expect(nowhere.put(asObjectKey('key'), everyByte, PNG)).rejects.toMatchObject(failed)
    await expect(nowhere.get(asObjectKey('key'))).rejects.toMatchObject(failed)
    await expect(collect(nowhere.list(''))).rejects.toMatchObject(failed)
    nowhere.close()
  })

  test('refuses unsigned requests', async () => {
    await store.put(asObjectKey('private'), everyByte, PNG)
    const { endpoint, bucket } = { ...settings(), bucket: `${world.env.S3_BUCKET}` }
    for (const path of ['', '/private', '?list-type=2'])
      expect((await fetch(`${endpoint}/${bucket}${path}`)).status, path).toBe(403)
  })

  test('refuses another key', async () => {
    const anonymous = ObjectStore.connect(
      { ...settings(), bucket: `${world.env.S3_BUCKET}`, secretKey: 'another-secret-key' },
      5000,
    )
    await expect(anonymous.get(asObjectKey('private'))).rejects.toMatchObject({
      problem: 'storeFailed',
    })
    anonymous.close()
  })
})
