import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '@visage/shared/db/database'
import { ObjectStore } from '@visage/shared/storage/object-store'
import { createDatabase } from '@visage/stack/database'
import { freePort } from '@visage/stack/ports'
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest'
import { StoreGate } from '../support/servers/store-gate.ts'

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))
const PROGRAM = path('apps/worker/dist/commands/provision-main.js')
const { databaseUrl: server, s3 } = inject('servers')

let databaseUrl: string
let bucket: string

beforeEach(async () => {
  const name = `t${randomBytes(6).toString('hex')}`
  databaseUrl = await createDatabase(server, name)
  bucket = `visage-${name}`
})

/** Runs `npm run provision` on a new database and bucket. */
function provision(env: Readonly<Record<string, string>> = {}, program = PROGRAM) {
  const own = {
    DATABASE_URL: databaseUrl,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    S3_BUCKET: bucket,
  }
  const options = { env: { ...process.env, ...own, ...env } }
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [program], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

test('npm run provision creates the schema and the bucket and reports both', async () => {
  const { code, stdout } = await provision({}, path('bin/provision.mjs'))
  expect(stdout).toMatch(/^schema: applied 0001_avatars, \S.*\nbucket \S+: exists/)
  expect(code).toBe(0)
  const db = openDatabase({ url: databaseUrl, timeout: 5000 })
  onTestFinished(() => db.destroy())
  expect(await db('avatars')).toEqual([])
  const store = ObjectStore.connect({ ...s3, bucket }, 5000)
  onTestFinished(() => store.close())
  await store.ping()
})

test('concurrent and repeated runs change nothing', async () => {
  const both = await Promise.all([provision(), provision()])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  const { code, stdout } = await provision()
  expect(stdout).toContain('schema: up to date\n')
  expect(code).toBe(0)
})

test('reports all missing settings at once without any value', async () => {
  const given = { DATABASE_URL: 'mysql://secret', S3_ENDPOINT: '', S3_SECRET_KEY: '' }
  const { code, stdout, stderr } = await provision(given)
  expect(stderr).toMatch(/DATABASE_URL.*\n.*S3_ENDPOINT.*\n.*S3_SECRET_KEY/)
  expect(stderr).not.toContain('secret:')
  expect(stderr).not.toContain('mysql')
  expect([code, stdout]).toEqual([78, ''])
})

test.each(['DATABASE_URL', 'S3_ENDPOINT'] as const)(
  'without the server of %s it fails with one line that names it',
  async (variable) => {
    const scheme = variable === 'DATABASE_URL' ? 'postgres' : 'http'
    const { code, stderr } = await provision({
      [variable]: `${scheme}://127.0.0.1:${await freePort()}`,
    })
    const what = variable === 'DATABASE_URL' ? 'The schema' : 'The bucket'
    expect(stderr).toMatch(new RegExp(`^${what} is not ready: .*ECONNREFUSED.*\\n$`))
    expect(code).toBe(1)
  },
)

/** Answers of S3 to `GetBucketPolicy`, which the test store does not support. */
describe('the bucket policy', () => {
  const noPolicy = '<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message></Error>'
  const policy = (resource: string) =>
    JSON.stringify({
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${bucket}/${resource}`,
      },
    })

  async function provisionWith(status: number, body: string) {
    const gate = await StoreGate.open(s3.endpoint)
    onTestFinished(() => gate.close())
    gate.answers.set(`GET /${bucket}?policy`, { status, body })
    const ended = await provision({ S3_ENDPOINT: gate.endpoint })
    expect(gate.requests).toContain(`GET /${bucket}?policy`)
    return ended
  }

  test('is optional: without one the bucket is private', async () => {
    const { code, stdout } = await provisionWith(404, noPolicy)
    expect(stdout).toContain(`bucket ${bucket}: exists and is private\n`)
    expect(code).toBe(0)
  })

  test('that publishes the variants satisfies PUBLIC_BASE_URL', async () => {
    expect(await provisionWith(200, policy('avatars/*'))).toMatchObject({ code: 0 })
  })

  test('that publishes more is refused and reported', async () => {
    const { code, stderr } = await provisionWith(200, policy('*'))
    expect(stderr).toMatch(
      /^The bucket is not ready: its policy grants everyone s3:GetObject on \*/,
    )
    expect(code).toBe(1)
  })

  test('that the key cannot read is not treated as absent', async () => {
    const denied = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>'
    const { code, stdout } = await provisionWith(403, denied)
    expect(stdout).toContain('could not check whether it is private (AccessDenied)')
    expect(code).toBe(0)
  })
})
