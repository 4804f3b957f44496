import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { readConfig, workerSettings } from '../../../apps/worker/src/config.ts'

const NEEDED = {
  DATABASE_URL: 'postgres://db/visage',
  REDIS_URL: 'redis://redis',
  S3_ENDPOINT: 'http://minio:9000',
  S3_ACCESS_KEY: 'key',
  S3_SECRET_KEY: 'secret',
}

test('the required settings suffice, and every default is valid', () => {
  expect(readConfig(NEEDED)).toMatchObject({ opsPort: 3002, purgeEvery: 60_000 })
})

test('the default concurrency is the number of cores', () => {
  expect(readConfig(NEEDED).renderers).toBe(availableParallelism())
})

test.each(['0', '-1', '1.5', 'many'])('RENDERERS=%s fails the start', (text) => {
  expect(() => readConfig({ ...NEEDED, RENDERERS: text })).toThrow('RENDERERS')
})

test('reads no secret of the API', () => {
  const names = Object.values(workerSettings).map((setting) => setting.name)
  expect(names.filter((name) => name.startsWith('JWT'))).toEqual([])
})
