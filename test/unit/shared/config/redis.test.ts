import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readSettings } from '@visage/shared/config/read'
import { redisProblems, redisSettings } from '@visage/shared/config/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configProblems } from '../../../support/domain/config-problems.ts'
import { Authority, type Certificate } from '../../../support/servers/authority.ts'
import { withProgram } from '../../../support/servers/with-program.ts'

const read = (env: NodeJS.ProcessEnv) => readSettings(redisSettings, env, redisProblems)

const problemsOf = (env: NodeJS.ProcessEnv) => configProblems(() => read(env))

const ONE = { REDIS_URL: 'redis://redis' }
const TLS = { REDIS_URL: 'rediss://redis' }
const CLUSTER = { REDIS_URL: 'redis://:pw@a:7000,b:7001', REDIS_MODE: 'cluster' }
const SENTINEL = { REDIS_URL: 'redis://a,b', REDIS_MODE: 'sentinel', REDIS_SENTINEL_NAME: 'main' }

test.each([
  ['one server', ONE],
  ['one server, its database', { REDIS_URL: 'redis://redis/2?family=6' }],
  ['one server over TLS', TLS],
  ['a Cluster', CLUSTER],
  ['a Cluster of which one node is known', { ...CLUSTER, REDIS_URL: 'redis://a/0' }],
  ['Sentinels', SENTINEL],
  ['Sentinels that ask for a password', { ...SENTINEL, REDIS_SENTINEL_PASSWORD: 'secret' }],
  ['Sentinels, and a database behind them', { ...SENTINEL, REDIS_URL: 'redis://me:pw@a,b/1' }],
])('%s boots', (_, env) => {
  expect(problemsOf(env)).toEqual([])
})

test.each([
  ['several hosts of no mode', { REDIS_URL: 'redis://a,b' }, 'has several hosts'],
  ['a database of a Cluster', { ...CLUSTER, REDIS_URL: 'redis://a,b/1' }, 'database 0 only'],
  ['no name of the master', { ...SENTINEL, REDIS_SENTINEL_NAME: '' }, 'REDIS_SENTINEL_NAME is not'],
  ['a query with Sentinels', { ...SENTINEL, REDIS_URL: 'redis://a?db=1' }, 'end after its hosts'],
  [
    'a name without Sentinels',
    { ...ONE, REDIS_SENTINEL_NAME: 'main' },
    'REDIS_MODE is not sentinel',
  ],
  [
    'their user alone',
    { ...SENTINEL, REDIS_SENTINEL_USER: 'me' },
    'REDIS_SENTINEL_PASSWORD is not set',
  ],
  ['an unknown mode', { ...ONE, REDIS_MODE: 'replica' }, 'one of single, cluster, sentinel'],
  ['what is no certificate', { ...TLS, REDIS_CA: 'ca.pem' }, 'REDIS_CA must be PEM certificates'],
  ['what is no key', { ...TLS, REDIS_KEY: 'key.pem' }, 'REDIS_KEY must be a PEM private key'],
])('%s does not boot', (_, env, problem) => {
  expect(problemsOf(env)).toEqual([expect.stringContaining(problem)])
})

const KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })

test('all problems are reported at once without any value', () => {
  const env = { REDIS_URL: 'redis://:hunter2@a,b', REDIS_SENTINEL_USER: 'me', REDIS_KEY: `${KEY}` }
  expect(problemsOf(env).length).toBeGreaterThan(3)
  expect(problemsOf(env).join()).not.toMatch(/hunter2|PRIVATE/)
})

withProgram('OpenSSL', 'certificates', (openssl) => {
  const dir = temporaryFolder()
  let authority: Authority
  let one: Certificate
  let other: Certificate

  beforeAll(() => {
    authority = new Authority(openssl, dir, 'authority')
    one = authority.issue('one', 'DNS:one')
    other = authority.issue('other', 'DNS:other')
  })
  afterAll(() => removeServersFolder(dir))

  test('are read from files, from text and from text on one line', () => {
    const key = readFileSync(one.key, 'utf8')
    const from = (REDIS_KEY: string) => read({ ...TLS, REDIS_CERT: one.cert, REDIS_KEY }).redisKey
    for (const given of [one.key, key, key.replaceAll('\n', '\\n')]) expect(from(given)).toBe(key)
  })

  test('without their key, with another key, or without TLS fail the start', () => {
    const together = [
      'Only one of REDIS_CERT and REDIS_KEY has a valid value. Set both or neither.',
    ]
    expect(problemsOf({ ...TLS, REDIS_CERT: one.cert })).toEqual(together)
    expect(problemsOf({ ...TLS, REDIS_KEY: one.key })).toEqual(together)
    expect(problemsOf({ ...TLS, REDIS_CERT: one.cert, REDIS_KEY: other.key })).toEqual([
      'REDIS_KEY does not match REDIS_CERT. It must be the private key of the first certificate in REDIS_CERT.',
    ])
    expect(problemsOf({ ...ONE, REDIS_CA: authority.pem })).toEqual([
      expect.stringContaining('must begin with rediss://'),
    ])
  })
})
