import type { IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { createStorageClient, type StorageSettings } from '@visage/shared/storage/client'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { afterEach, describe, expect, test } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { collect } from '../support/domain/collect.ts'
import { type Answer, startS3Stub, well } from '../support/servers/s3-stub.ts'
import { readSignature } from '../support/servers/sigv4.ts'

const PNG = { mediaType: 'image/png', metadata: { 'source-format': 'png' } }
const HOST = 's3.example.org'

const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

const toLoopback: LookupFunction = (_, __, done) =>
  done(null, [{ address: '127.0.0.1', family: 4 }])

const COPIED = '<CopyObjectResult><ETag>0</ETag></CopyObjectResult>'

/** Starts a store with a host name and records its requests. */
async function serving(more: Partial<StorageSettings>) {
  const requests: IncomingMessage[] = []
  const answer: Answer = (res, nth, req) => {
    requests.push(req)
    if (req.headers['x-amz-copy-source']) res.end(COPIED)
    else well(res, nth, req)
  }
  const { settings: stub, close } = await startS3Stub(answer)
  const endpoint = stub.endpoint.replace('127.0.0.1', HOST)
  const settings = { ...stub, endpoint, ...more }
  const client = createStorageClient(settings, 5000)
  const { options } = client.agent as unknown as { options: object }
  Object.assign(options, { lookup: toLoopback })
  const store = new ObjectStore(client, settings.bucket, settings.encryption)
  open.push(close, () => store.close())
  return { store, requests, settings, port: new URL(endpoint).port }
}

async function everyCall(store: ObjectStore): Promise<void> {
  await store.put(asObjectKey('raw/a b'), Buffer.from('bytes'), PNG)
  await store.copy(asObjectKey('raw/a b'), asObjectKey('quarantine/a b'))
  await store.get(asObjectKey('raw/a b'))
  await store.stat(asObjectKey('raw/a b'))
  await store.ping()
  await collect(store.list('raw/', 'raw/0')).catch(() => {})
  await store.remove([asObjectKey('raw/a b')]).catch(() => {})
}

const asked = (requests: IncomingMessage[]) =>
  requests.map(({ method, url, headers }) => `${method} ${headers.host}${url?.replace(/\?.*/, '')}`)

describe('the bucket is named', () => {
  test('in the path, by default', async () => {
    const { store, requests, port } = await serving({})
    await everyCall(store)
    const at = `${HOST}:${port}/bucket`
    expect(asked(requests)).toEqual([
      ...[`PUT ${at}/raw/a%20b`, `PUT ${at}/quarantine/a%20b`, `GET ${at}/raw/a%20b`],
      ...[`HEAD ${at}/raw/a%20b`, `HEAD ${at}`, `GET ${at}`, `POST ${at}`],
    ])
  })

  test('in the host name, if path style is off', async () => {
    const { store, requests, port } = await serving({ pathStyle: false })
    await everyCall(store)
    const at = `bucket.${HOST}:${port}`
    expect(asked(requests)).toEqual([
      ...[`PUT ${at}/raw/a%20b`, `PUT ${at}/quarantine/a%20b`, `GET ${at}/raw/a%20b`],
      ...[`HEAD ${at}/raw/a%20b`, `HEAD ${at}/`, `GET ${at}/`, `POST ${at}/`],
    ])
    expect(requests[1]?.headers['x-amz-copy-source']).toBe('bucket/raw/a%20b')
  })
})

const kms = { algorithm: 'aws:kms', keyId: 'arn:aws:kms:eu-west-1:1:key/7' } as const

/** Headers of an encryption setting. */
const encryptions = [
  [undefined, {}],
  [{ algorithm: 'AES256' }, { 'x-amz-server-side-encryption': 'AES256' }],
  [{ algorithm: 'aws:kms' }, { 'x-amz-server-side-encryption': 'aws:kms' }],
  [
    kms,
    {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': kms.keyId,
    },
  ],
] as const

test.each(encryptions)(
  'the encryption %j is requested for every written object and for nothing else',
  async (encryption, headers) => {
    const { store, requests } = await serving({ encryption })
    await everyCall(store)
    for (const { method, headers: sent } of requests) {
      const about = Object.entries(sent).filter(([name]) => name.includes('encryption'))
      expect(Object.fromEntries(about)).toEqual(method === 'PUT' ? headers : {})
    }
    expect(requests.filter(({ method }) => method === 'PUT')).toHaveLength(2)
  },
)

test.each([true, false])(
  'with the bucket in the path %s, each request is signed with its host and every x-amz-* header',
  async (pathStyle) => {
    const { store, requests, settings } = await serving({ pathStyle, encryption: kms })
    await everyCall(store)
    for (const request of requests) {
      const signature = readSignature(request)
      const amz = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))
      expect(signature.headers).toEqual(expect.arrayContaining(['host', ...amz]))
      expect(signature.accessKey).toBe(settings.accessKey)
      expect(signature.isBy(settings.secretKey), request.url).toBe(true)
      expect(signature.isBy('another')).toBe(false)
    }
  },
)
