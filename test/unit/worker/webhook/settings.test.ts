import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { readConfig as readApiConfig } from '../../../../apps/api/src/config.ts'
import { readConfig } from '../../../../apps/worker/src/config.ts'
import { receiverFrom } from '../../../../apps/worker/src/webhook/settings.ts'
import { newSecret } from '../../../support/http/receiver.ts'

const NEEDED = {
  DATABASE_URL: 'postgres://db/visage',
  REDIS_URL: 'redis://redis',
  S3_ENDPOINT: 'http://minio:9000',
  S3_ACCESS_KEY: 'key',
  S3_SECRET_KEY: 'secret',
}
const SECRET = newSecret()
const HOOK = { WEBHOOK_URL: 'https://hooks.example/a?b=c', WEBHOOK_SECRET: SECRET }

const read = (env: object) => receiverFrom(readConfig({ ...NEEDED, ...env }))

test('without a URL and a secret there is no webhook', () => {
  expect(read({})).toBeUndefined()
})

test('with both there is one, and private addresses are refused', () => {
  expect(read(HOOK)).toMatchObject({
    url: new URL('https://hooks.example/a?b=c'),
    timeout: 10_000,
    allowPrivate: false,
  })
})

test.each(['WEBHOOK_URL', 'WEBHOOK_SECRET'] as const)(
  'an incomplete webhook without %s fails the start',
  (name) => {
    expect(() => read({ ...HOOK, [name]: '' })).toThrow(
      `${name} is not set. Set both WEBHOOK_URL and`,
    )
  },
)

test.each([
  ['plain http to another machine', 'http://hooks.example/'],
  ['a password in the address', 'https://me:word@hooks.example/'],
  ['another scheme', 'ftp://hooks.example/'],
  ['no address', 'hooks.example'],
])('%s does not boot', (_, url) => {
  expect(() => read({ ...HOOK, WEBHOOK_URL: url })).toThrow(/- WEBHOOK_URL (must be|uses plain)/)
})

test('plain http is valid if private addresses are allowed', () => {
  const env = { ...HOOK, WEBHOOK_URL: 'http://10.0.0.7:8080/', WEBHOOK_ALLOW_PRIVATE: 'true' }
  expect(read(env)).toMatchObject({ allowPrivate: true })
})

test.each([24, 25, 26, 64])('a secret of %d bytes is valid', (bytes) => {
  const [key] = read({ ...HOOK, WEBHOOK_SECRET: newSecret(bytes) })?.keys ?? []
  expect(key?.symmetricKeySize).toBe(bytes)
})

test('several secrets are separated by commas and keep their order', () => {
  const all = [newSecret(24), newSecret(32), newSecret(64)]
  const keys = read({ ...HOOK, WEBHOOK_SECRET: all.join(', ') })?.keys
  expect(keys?.map((key) => `whsec_${key.export().toString('base64')}`)).toEqual(all)
})

test.each([
  ['a short one', newSecret(23)],
  ['a long one', newSecret(65)],
  ['none of its form', SECRET.replace('whsec_', '')],
  ['no base64', SECRET.replace(/.{8}$/, '********')],
  ['base64 of the other alphabet', `whsec_${'-_'.repeat(22)}`],
  ['base64 without its end', newSecret(32).replace('=', '')],
  ['a good one and a bad one', `${SECRET},${newSecret(23)}`],
  ['a good one and nothing', `${SECRET},`],
])('%s as the secret fails the start and is not printed', (_, secret) => {
  const boot = () => read({ ...HOOK, WEBHOOK_SECRET: secret })
  expect(boot).toThrow('- WEBHOOK_SECRET must be whsec_ followed by 24 to 64 random bytes')
  expect(boot).not.toThrow(secret.slice(-12))
})

test('a parsed secret is not printed', () => {
  const receiver = read(HOOK)
  const bytes = SECRET.replace('whsec_', '')
  expect(inspect(receiver, { depth: 9 }) + JSON.stringify(receiver)).not.toContain(bytes)
})

test('the API reads whether there is a webhook, but not its secret', () => {
  const config = readApiConfig({ ...NEEDED, ...HOOK, JWT_SECRET: 's'.repeat(32) })
  expect(config.webhookUrl).toBeInstanceOf(URL)
  expect(Object.keys(config).filter((name) => name.startsWith('webhook'))).toEqual(['webhookUrl'])
})
