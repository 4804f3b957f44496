import { freePort } from '@visage/stack/ports'
import { type Servers, startServers } from '@visage/stack/servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataFolder, startLauncher } from '../support/servers/launcher.ts'

let there: Servers

beforeAll(async () => {
  there = await startServers()
})
afterAll(() => there.stop())

const given = {
  postgres: () => ({ DATABASE_URL: there.postgres.url }),
  redis: () => ({ REDIS_URL: there.redis.url }),
  s3: () => ({
    S3_ENDPOINT: there.s3.endpoint,
    S3_ACCESS_KEY: there.s3.accessKey,
    S3_SECRET_KEY: there.s3.secretKey,
    S3_BUCKET: 'given',
  }),
}

test.each(['postgres', 'redis', 's3'] as const)(
  'a configured %s is used, and the other two servers are started',
  async (name) => {
    const launcher = startLauncher(dataFolder(), given[name]())
    const stack = await launcher.ready()
    const { launcher: _, api, workers, ...servers } = stack.pids
    expect(Object.keys(servers).toSorted()).toEqual(
      ['postgres', 'redis', 's3'].filter((other) => other !== name),
    )
    const used = { postgres: stack.databaseUrl, redis: stack.redisUrl, s3: stack.s3.endpoint }
    const known = { postgres: there.postgres.url, redis: there.redis.url, s3: there.s3.endpoint }
    expect(used[name]).toBe(known[name])
    expect((await fetch(`${stack.opsUrl}/readyz`)).status).toBe(200)
    expect(await launcher.interrupt()).toBe(0)
  },
)

test('an incomplete S3 configuration is refused in one sentence', async () => {
  const launcher = startLauncher(dataFolder(), { S3_ENDPOINT: there.s3.endpoint })
  expect(await launcher.exitCode).toBe(1)
  expect(launcher.said()).toContain('S3_ACCESS_KEY and S3_SECRET_KEY are not set')
})

test('settings of a server without its URL are refused, all at once', async () => {
  const launcher = startLauncher(dataFolder(), {
    MIGRATION_DATABASE_URL: there.postgres.url,
    S3_PATH_STYLE: 'false',
  })
  expect(await launcher.exitCode).toBe(1)
  expect(launcher.said()).toContain('MIGRATION_DATABASE_URL requires DATABASE_URL')
  expect(launcher.said()).toContain('S3_PATH_STYLE requires S3_ENDPOINT')
})

test('a server that does not answer is reported without its password', async () => {
  const port = await freePort()
  const launcher = startLauncher(dataFolder(), { REDIS_URL: `redis://:secret@127.0.0.1:${port}` })
  expect(await launcher.exitCode).toBe(1)
  expect(launcher.said()).toContain(`✗ Cannot connect to 127.0.0.1:${port} (from REDIS_URL).\n`)
  expect(launcher.said()).not.toContain('secret')
})
