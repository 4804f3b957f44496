import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { databaseProblems, databaseUrl } from '@visage/shared/config/database'
import { certificates } from '@visage/shared/config/pem'
import { readSettings } from '@visage/shared/config/read'
import { storageSettings, storeProblems, storeSettings } from '@visage/shared/config/storage'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, describe, expect, test } from 'vitest'

const [one = '', other = ''] = rootCertificates
const dir = temporaryFolder()
const path = join(dir, 'authorities.pem')
writeFileSync(path, `# Two of them\n${one}\n\n${other}\n`)

afterAll(() => removeServersFolder(dir))

describe('certificates', () => {
  test.each([
    ['as they are', one, one],
    ['on one line', one.replaceAll('\n', '\\n'), one],
    ['two of them', `${one}\n${other}`, `${one}\n${other}`],
    ['in a file, with words between', path, `${one}\n${other}`],
  ])('%s', (_, text, pem) => {
    expect(certificates.parse(text)).toBe(pem)
  })

  test.each([
    ['nothing', ' '],
    ['a file that is not there', join(dir, 'missing.pem')],
    ['a folder', dir],
    ['a key', one.replaceAll('CERTIFICATE', 'PRIVATE KEY')],
    ['a block that is no certificate', one.replace(/\n[^\n]+\n/, '\n')],
  ])('are none in %s', (_, text) => {
    expect(certificates.parse(text)).toBeUndefined()
  })
})

describe('the address of Postgres', () => {
  test.each(['postgres://db/visage', 'postgresql://db/visage?sslmode=verify-full'])(
    'can be %s',
    (text) => expect(databaseUrl.parse(text)).toBe(text),
  )

  test.each(['mysql://db', 'db', 'postgres://db/visage?sslmode=prefer', 'postgres://db?ssl=true'])(
    'cannot be %s',
    (text) => expect(databaseUrl.parse(text)).toBeUndefined(),
  )

  test.each([
    ['sslmode=disable', 1],
    ['sslmode=no-verify', 1],
    ['sslrootcert=FILE', 1],
    ['sslmode=require', 0],
    ['application_name=a', 0],
  ])('with an authority and %s has %i problems', (query, count) => {
    const url = `postgres://db/visage?${query.replace('FILE', path)}`
    expect(databaseProblems({ databaseUrl: url, databaseCa: one })).toHaveLength(count)
    expect(databaseProblems({ databaseUrl: url })).toEqual([])
  })
})

const STORE = {
  S3_ENDPOINT: 'https://s3.example.org',
  S3_ACCESS_KEY: 'key',
  S3_SECRET_KEY: 'secret',
}

describe('the object store', () => {
  test.each([
    ['S3_CA requires TLS', { S3_CA: one, S3_ENDPOINT: 'http://minio:9000' }],
    ['S3_SSE_KMS_KEY_ID is set, but S3_SSE is not aws:kms', { S3_SSE_KMS_KEY_ID: 'key' }],
    [
      'S3_SSE_KMS_KEY_ID is set, but S3_SSE is not aws:kms',
      { S3_SSE: 'AES256', S3_SSE_KMS_KEY_ID: 'key' },
    ],
    ['S3_ENDPOINT has an IP address', { S3_PATH_STYLE: 'false', S3_ENDPOINT: 'https://10.0.0.7' }],
    ['S3_ENDPOINT has an IP address', { S3_PATH_STYLE: 'false', S3_ENDPOINT: 'http://[::1]:9000' }],
    ['S3_BUCKET contains a dot', { S3_PATH_STYLE: 'false', S3_BUCKET: 'faces.example.org' }],
  ])('is refused: %s', (sentence, env) => {
    expect(() => readSettings(storeSettings, { ...STORE, ...env }, storeProblems)).toThrow(
      new RegExp(`\\n {2}- ${sentence}\\b.*\\.$`),
    )
  })

  test.each([
    [{}, { pathStyle: true, ca: undefined, encryption: undefined }],
    [
      { S3_PATH_STYLE: 'false', S3_CA: one },
      { pathStyle: false, ca: one },
    ],
    [{ S3_SSE: 'AES256' }, { encryption: { algorithm: 'AES256', keyId: undefined } }],
    [
      { S3_SSE: 'aws:kms', S3_SSE_KMS_KEY_ID: 'key' },
      { encryption: { algorithm: 'aws:kms', keyId: 'key' } },
    ],
    [
      { S3_PATH_STYLE: 'false', S3_ENDPOINT: 'http://s3.lan', S3_BUCKET: 'a.b' },
      { pathStyle: false, bucket: 'a.b' },
    ],
  ])('is taken as %j says', (env, settings) => {
    const config = readSettings(storeSettings, { ...STORE, ...env }, storeProblems)
    expect(storageSettings(config)).toMatchObject(settings)
  })
})
