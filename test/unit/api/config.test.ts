import { ConfigError } from '@visage/shared/config/read'
import { expect, test } from 'vitest'
import { apiSettings, readConfig } from '../../../apps/api/src/config.ts'

const NEEDED = {
  DATABASE_URL: 'postgres://db/visage',
  REDIS_URL: 'redis://redis',
  S3_ENDPOINT: 'http://minio:9000',
  S3_ACCESS_KEY: 'key',
  S3_SECRET_KEY: 'secret',
}
const JWT_SECRET = 's'.repeat(32)
const GOOD = { ...NEEDED, JWT_SECRET }

test('the required settings suffice, and every default is valid', () => {
  expect(readConfig(GOOD)).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    maxUploadBytes: 32 * 1024 ** 2,
    maxPixels: 210_000_000,
    queueTimeout: 500,
    databaseTimeout: 2000,
    debugErrors: false,
    apiPrefix: undefined,
    jwtIssuer: undefined,
  })
})

test.each(Object.keys(NEEDED))('fails the start without %s', (name) => {
  const { [name as keyof typeof GOOD]: _, ...rest } = GOOD
  expect(() => readConfig(rest)).toThrow(new RegExp(`^.*\\n {2}- ${name} is not set\\. It must be`))
})

test('fails the start without a token key', () => {
  expect(() => readConfig(NEEDED)).toThrow(
    /^.*\n {2}- None of JWT_SECRET, JWT_PUBLIC_KEY, JWT_JWKS_URL is set\. Set exactly one of them\.$/,
  )
})

test('a byte budget below the largest upload fails the start', () => {
  const sizes = { MAX_UPLOAD_BYTES: '16MiB', MAX_BYTES_IN_FLIGHT: '31MiB' }
  expect(() => readConfig({ ...GOOD, ...sizes })).toThrow('twice MAX_UPLOAD_BYTES')
  expect(readConfig({ ...GOOD, ...sizes, MAX_BYTES_IN_FLIGHT: '32MiB' })).toMatchObject({})
})

test('stop settings above STOP_TIMEOUT fail the start', () => {
  const times = { STOP_DELAY: '10s', STOP_TIMEOUT: '10s' }
  expect(() => readConfig({ ...GOOD, ...times })).toThrow('less than STOP_TIMEOUT')
  expect(readConfig({ ...GOOD, ...times, STOP_TIMEOUT: '11s' })).toMatchObject({
    stopDelay: 10_000,
  })
})

test('an empty environment reports every missing setting', () => {
  expect(() => readConfig({})).toThrow(ConfigError)
  for (const name of Object.keys(GOOD)) expect(() => readConfig({})).toThrow(name)
})

test('a weak secret fails the start and is not printed', () => {
  const weak = 'correct-horse-battery-staple'
  expect(() => readConfig({ ...NEEDED, JWT_SECRET: weak })).toThrow('at least 32 bytes')
  expect(() => readConfig({ ...NEEDED, JWT_SECRET: weak })).not.toThrow(weak)
})

test('no two settings read one variable', () => {
  const names = Object.values(apiSettings).map((setting) => setting.name)
  expect(new Set(names).size).toBe(names.length)
})
