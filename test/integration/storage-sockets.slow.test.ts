import { createStorageClient, type StorageClient } from '@visage/shared/storage/client'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { collect } from '../support/domain/collect.ts'
import {
  type Answer,
  reset,
  type S3Stub,
  s3Error,
  silence,
  startS3Stub,
  trickle,
  well,
} from '../support/servers/s3-stub.ts'

const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

async function serving(
  answer: Answer,
  timeout = 60_000,
): Promise<S3Stub & { client: StorageClient; store: ObjectStore }> {
  const stub = await startS3Stub(answer)
  const client = createStorageClient(stub.settings, timeout)
  const store = new ObjectStore(client, stub.settings.bucket)
  open.push(stub.close, () => store.close())
  return { ...stub, client, store }
}

const count = (table: NodeJS.ReadOnlyDict<unknown[]>) => Object.values(table).flat().length

/** Number of sockets that the agent keeps for finished requests. */
const held = ({ agent }: StorageClient) => count(agent.sockets) + count(agent.requests)

/** Status codes at which minio-js throws without reading the answer, which then keeps its socket. */
const UNREAD = [408, 429, 499, 500, 502, 503, 504, 520]

/** Answer with a body of several packets. */
const large =
  (status: number): Answer =>
  (res) =>
    void res.writeHead(status).end('x'.repeat(100_000))

describe('no socket stays open after 100 requests', () => {
  test.each<[string, Answer, timeout?: number]>([
    ['that are well', well],
    ...UNREAD.map((status): [string, Answer] => [`that are answered ${status}`, large(status)]),
    ['that are refused', s3Error(403, 'AccessDenied')],
    ['for what is not there', s3Error(404, 'NoSuchKey')],
    ['that are cut', reset],
    ['that hang', silence, 200],
    ['whose answers never end', trickle(200), 200],
    ['whose refusals never end', trickle(403), 200],
  ])('%s', async (_, answer, timeout) => {
    const { client, store } = await serving(answer, timeout)
    const request = (i: number): Promise<unknown> =>
      [
        () => store.get(asObjectKey('key')),
        () => store.put(asObjectKey('key'), Buffer.from('bytes'), { mediaType: 'image/png' }),
        () => store.stat(asObjectKey('key')),
        () => store.remove([asObjectKey('key')]),
        () => collect(store.list('')),
      ][i % 5]?.() as Promise<unknown>
    await Promise.allSettled(Array.from({ length: 100 }, (_, i) => request(i)))
    await vi.waitFor(() => expect(held(client)).toBe(0), { timeout: 2000 })
  })
})

test('one connection is reused, even after failures', async () => {
  const { store, connections, requests } = await serving((res, nth, req) =>
    (nth % 2 ? large(503) : well)(res, nth, req),
  )
  for (let i = 0; i < 20; i++) await store.get(asObjectKey('key'))
  expect(requests).toHaveLength(40)
  expect(connections()).toBeLessThanOrEqual(2)
})

test('requests above the number of sockets wait, and all are answered', async () => {
  const { store, connections } = await serving(well)
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => store.get(asObjectKey('key'))),
  )
  expect(answers.every((bytes) => bytes?.toString() === 'bytes')).toBe(true)
  expect(connections()).toBeLessThanOrEqual(128)
})

test('closing the store closes its connections', async () => {
  const { client, store } = await serving(well)
  await store.get(asObjectKey('key'))
  expect(count(client.agent.freeSockets)).toBe(1)
  store.close()
  await vi.waitFor(() => expect(count(client.agent.freeSockets)).toBe(0))
})
