import { ObjectStore } from '@visage/shared/storage/object-store'
import { afterEach, describe, expect, test } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { collect } from '../support/domain/collect.ts'
import {
  type Answer,
  atFirst,
  reset,
  type S3Stub,
  s3Error,
  silence,
  startS3Stub,
  trickle,
  well,
} from '../support/servers/s3-stub.ts'

/** Timeout of a request and slack for a busy machine, in milliseconds. */
const TIMEOUT = 300
const SLACK = 4000

const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

async function serving(
  answer: Answer,
  timeout = TIMEOUT,
): Promise<S3Stub & { store: ObjectStore }> {
  const stub = await startS3Stub(answer)
  const store = ObjectStore.connect(stub.settings, timeout)
  open.push(stub.close, () => store.close())
  return { ...stub, store }
}

/** Page of a listing in the XML of S3. */
const page =
  (keys: readonly string[], next = ''): Answer =>
  (res) => {
    const contents = keys.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>`,
    )
    const more = next && `<NextContinuationToken>${next}</NextContinuationToken>`
    res.end(
      `<ListBucketResult><IsTruncated>${next !== ''}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`,
    )
  }

const bytes = Buffer.from('bytes')
const calls = {
  put: (store: ObjectStore) => store.put(asObjectKey('key'), bytes, { mediaType: 'image/png' }),
  get: (store: ObjectStore) => store.get(asObjectKey('key')),
  stat: (store: ObjectStore) => store.stat(asObjectKey('key')),
  remove: (store: ObjectStore) => store.remove([asObjectKey('key')]),
  ping: (store: ObjectStore) => store.ping(),
  list: (store: ObjectStore) => collect(store.list('prefix/')),
  removeFolder: (store: ObjectStore) => store.removePrefix('prefix/'),
}
type Call = keyof typeof calls
const all = Object.keys(calls) as Call[]
const simple: Call[] = ['put', 'get', 'stat', 'ping']

const each = (some: readonly Call[], check: (call: Call) => Promise<void>) =>
  Promise.all(some.map(check))

async function failure(call: Call, store: ObjectStore) {
  const started = performance.now()
  const error = await calls[call](store).then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  return { error, took: performance.now() - started }
}

describe('a store that fails temporarily', () => {
  const passing: readonly (readonly [string, Answer])[] = [
    ...[408, 429, 500, 502, 503, 504].map(
      (status) =>
        [`says ${status}`, (res) => void res.writeHead(status).end('busy')] as [string, Answer],
    ),
    ['says that it must be slow', s3Error(503, 'SlowDown')],
    ['cuts the connection', reset],
  ]

  test.each(passing)('and %s: each call is retried', async (_, bad) => {
    await each(simple, async (call) => {
      const { store, requests } = await serving(atFirst(2, bad))
      await expect(calls[call](store), call).resolves.not.toThrow()
      expect(requests, call).toHaveLength(3)
    })
  })

  test.each(passing)('and always %s: each call fails after three attempts', async (_, bad) => {
    await each(simple, async (call) => {
      const { store, requests } = await serving(bad)
      const { error } = await failure(call, store)
      expect(error, call).toMatchObject({ problem: 'storeFailed', code: 50_004 })
      expect(requests, call).toHaveLength(3)
    })
  })

  test.each(passing)(
    'and %s between two pages of a listing: the listing continues',
    async (_, bad) => {
      const pages: Answer[] = [page(['a', 'b'], 'next'), bad, bad, page(['c'])]
      const { store, requests } = await serving((res, nth, req) => pages[nth - 1]?.(res, nth, req))
      expect(await collect(store.list(''))).toEqual(['a', 'b', 'c'])
      expect(requests).toHaveLength(4)
      expect(requests.map((url) => url.includes('continuation-token=next'))).toEqual([
        false,
        true,
        true,
        true,
      ])
    },
  )

  test('and cuts a body in the middle: a partial body is an error', async () => {
    const cut: Answer = (res, _, req) => {
      res.writeHead(200, { 'Content-Length': 5 }).write('by')
      setImmediate(() => req.socket.destroy())
    }
    const { store } = await serving(atFirst(1, cut))
    expect(await store.get(asObjectKey('key'))).toEqual(bytes)
    const { store: never } = await serving(cut)
    await expect(never.get(asObjectKey('key'))).rejects.toMatchObject({ problem: 'storeFailed' })
  })
})

describe('a store that refuses', () => {
  test.each([
    [403, 'AccessDenied'],
    [403, 'SignatureDoesNotMatch'],
    [400, 'InvalidRequest'],
    [404, 'NoSuchBucket'],
  ])('with %i %s has failed at once', async (status, code) => {
    for (const call of ['put', 'get', 'remove', 'list'] as const) {
      const { store, requests } = await serving(s3Error(status, code))
      expect((await failure(call, store)).error, call).toMatchObject({ problem: 'storeFailed' })
      expect(requests, call).toHaveLength(1)
    }
  })

  test('does not expose its address or the reason to a client', async () => {
    const { store, settings } = await serving(s3Error(403, 'AccessDenied'))
    const { error } = await failure('get', store)
    expect(error?.message).toBe('The picture store is not available; try again shortly')
    expect(error?.message).not.toContain(new URL(settings.endpoint).host)
    expect(error?.cause).toMatchObject({ code: 'AccessDenied' })
  })

  test('to remove one of several objects makes the call fail', async () => {
    const { store } = await serving((res) => {
      res.end(
        '<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code></Error></DeleteResult>',
      )
    })
    await expect(store.remove([asObjectKey('a'), asObjectKey('b')])).rejects.toMatchObject({
      problem: 'storeFailed',
    })
  })

  test('because an object is missing returns undefined', async () => {
    const { store, requests } = await serving(s3Error(404, 'NoSuchKey'))
    expect(await store.get(asObjectKey('key'))).toBeUndefined()
    expect(await store.stat(asObjectKey('key'))).toBeUndefined()
    expect(requests).toHaveLength(2)
  })
})

describe('a store that hangs', () => {
  const hanging: readonly (readonly [string, Answer, readonly Call[]])[] = [
    ['is silent', silence, all],
    ['sends a byte now and then', trickle(200), ['get', 'remove', 'list', 'removeFolder']],
    [
      'sends an error, one byte at a time',
      trickle(403),
      all.filter((c) => !['stat', 'ping'].includes(c)),
    ],
  ]

  test.each(hanging)(
    'and %s fails within the timeout without a retry',
    async (_, bad, affected) => {
      await each(affected, async (call) => {
        const { store, requests } = await serving(bad)
        const { error, took } = await failure(call, store)
        expect(error, call).toMatchObject({ problem: 'storeFailed' })
        expect(took, call).toBeLessThan(TIMEOUT + SLACK)
        expect(requests, call).toHaveLength(1)
      })
    },
  )

  test('and does not read the body fails within the timeout', async () => {
    const { store } = await serving((_, __, req) => void req.pause())
    const started = performance.now()
    const put = store.put(asObjectKey('key'), Buffer.alloc(16 * 1024 ** 2), {
      mediaType: 'image/png',
    })
    await expect(put).rejects.toMatchObject({ problem: 'storeFailed' })
    expect(performance.now() - started).toBeLessThan(TIMEOUT + SLACK)
  })

  test('fails each of many concurrent calls within the timeout', async () => {
    const { store } = await serving(silence)
    const failures = await Promise.all(Array.from({ length: 50 }, () => failure('get', store)))
    for (const { error, took } of failures) {
      expect(error).toMatchObject({ problem: 'storeFailed' })
      expect(took).toBeLessThan(TIMEOUT + 2 * SLACK)
    }
  })
})

test('a stopped store fails at once', async () => {
  const { settings, close } = await startS3Stub(well)
  await close()
  const store = ObjectStore.connect(settings, 30_000)
  open.push(() => store.close())
  await each(all, async (call) => {
    const { error, took } = await failure(call, store)
    expect(error, call).toMatchObject({ problem: 'storeFailed' })
    expect(took, call).toBeLessThan(15_000)
  })
})
