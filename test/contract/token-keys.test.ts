import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { AVATAR, Client, type Reply, someone, tokenOf } from '../support/http/http.ts'
import { jwkOf, KeyProvider } from '../support/http/key-provider.ts'
import { keyPairs, pemOf } from '../support/http/keys.ts'
import { craft } from '../support/pictures/craft.ts'
import { photo } from '../support/pictures/photo.ts'
import { stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const { rsa, otherRsa, p256 } = keyPairs
const world = useWorld()
let jpeg: Buffer

beforeAll(async () => {
  jpeg = await photo({ width: 64, height: 64 })
})

const now = () => Math.floor(Date.now() / 1000)
const claims = (sub = someone()) => ({ sub, exp: now() + 600 })
/** Unsets the secret of the test world: an empty variable counts as not set. */
const without = { JWT_SECRET: '' }

async function expectRefused(api: Client, token: string): Promise<void> {
  const before = await stateOf(world, 'admin')
  const reply = await api.put(token, jpeg)
  expect(reply.status).toBe(200)
  expect(reply.json).toMatchObject({ code: 401, msg: 'Login required' })
  expect(await stateOf(world, 'admin')).toEqual(before)
}

describe('with a public key', () => {
  let api: Client
  beforeAll(async () => {
    const env = { ...without, JWT_PUBLIC_KEY: pemOf(rsa.publicKey) }
    api = new Client(await world.startApi(env))
  })

  it.each(['RS256', 'PS256'])('%s of the private key is accepted', async (alg) => {
    const token = craft({ alg }, claims(), rsa.privateKey)
    expect((await api.put(token, jpeg)).json).toEqual({ code: 0, msg: '' })
  })

  it.each<[string, () => string]>([
    [
      'another private key',
      () => craft({ alg: 'RS256' }, claims(asUserId('admin')), otherRsa.privateKey),
    ],
    ['an algorithm that is not listed', () => craft({ alg: 'RS512' }, claims(), rsa.privateKey)],
    [
      'a key of another kind',
      () => craft({ alg: 'ES256' }, claims(asUserId('admin')), p256.privateKey),
    ],
    ['the public key as a secret', () => hmac(pemOf(rsa.publicKey))],
    ['the same without its last line feed', () => hmac(pemOf(rsa.publicKey).trimEnd())],
    ['the same in DER', () => hmac(rsa.publicKey.export({ format: 'der', type: 'spki' }))],
    ['the public key as a secret, called RS256', () => hmac(pemOf(rsa.publicKey), 'RS256')],
    ['the secret of another server', () => tokenOf('admin')],
    [
      'nothing',
      () =>
        `${craft({ alg: 'none' }, claims(asUserId('admin')), '', 'HS256').replace(/[^.]*$/, '')}`,
    ],
  ])('a token signed by %s is refused', async (_, token) => {
    await expectRefused(api, token())
  })

  const hmac = (secret: string | Buffer, alg = 'HS256') =>
    craft({ alg }, claims(asUserId('admin')), secret, 'HS256')
})

it('a long secret verifies the algorithms in JWT_ALGORITHMS and no other', async () => {
  const secret = 'x'.repeat(64)
  const env = { JWT_SECRET: secret, JWT_ALGORITHMS: 'HS384,HS512' }
  const api = new Client(await world.startApi(env))
  for (const alg of ['HS384', 'HS512'])
    expect((await api.get(AVATAR, { token: craft({ alg }, claims(), secret) })).json.code).toBe(0)
  await expectRefused(api, craft({ alg: 'HS256' }, claims(asUserId('admin')), secret))
})

describe('with a key set', () => {
  let provider: KeyProvider
  let api: Client
  beforeEach(async () => {
    provider = await KeyProvider.start()
    provider.publish(jwkOf(rsa, 'a'), { kty: 'oct', kid: 's', k: 'x'.repeat(43) })
    const times = { JWT_JWKS_TIMEOUT: '500ms', JWT_JWKS_COOLDOWN: '500ms' }
    api = new Client(await world.startApi({ ...without, JWT_JWKS_URL: provider.url, ...times }))
    return () => provider.stop()
  })

  const by = (kid: string, key = rsa, alg = 'RS256') =>
    craft({ alg, kid }, claims(), key.privateKey)
  const codeOf = async (token: string) => (await api.get(AVATAR, { token })).json.code

  it('keys are rotated while the API runs', async () => {
    expect(await codeOf(by('a'))).toBe(0)
    provider.publish(jwkOf(p256, 'b'))
    const next = by('b', p256, 'ES256')
    await eventually('the new key', 15_000, async () => (await codeOf(next)) === 0)
    expect(await codeOf(by('a'))).toBe(401)
    expect(provider.asked).toBeLessThan(5)
  })

  it.each<[string, () => string]>([
    ['an unknown kid', () => by('x')],
    ['no kid', () => craft({ alg: 'RS256' }, claims(), rsa.privateKey)],
    ['a kid that is no text', () => craft({ alg: 'RS256', kid: ['a'] }, claims(), rsa.privateKey)],
    ['the kid of another key', () => by('a', otherRsa)],
    ['the kid of a secret', () => secretOfTheSet('HS256')],
    ['the kid of a secret, called RS256', () => secretOfTheSet('RS256')],
    ['a kid that is a path', () => by('../../etc/passwd')],
  ])('a token with %s is refused', async (_, token) => {
    expect(await codeOf(by('a'))).toBe(0)
    await expectRefused(api, token())
  })

  const secretOfTheSet = (alg: string) =>
    craft(
      { alg, kid: 's' },
      claims(asUserId('admin')),
      Buffer.from('x'.repeat(43), 'base64url'),
      'HS256',
    )

  it.each([
    ['is gone', () => provider.stop()],
    ['hangs', () => provider.answerBy(() => {})],
    ['talks nonsense', () => provider.say('nonsense')],
  ])(
    'while the provider %s, what cannot be checked is no fault of the client',
    async (_, cause) => {
      expect(await codeOf(by('a'))).toBe(0)
      await cause()
      expect(await codeOf(by('a'))).toBe(0)
      // Until the cooldown ends, the kid is unknown. Then the API looks for it.
      const reply = await eventually<Reply>('a 503', 15_000, async () => {
        const reply = await api.put(by('b'), jpeg)
        return reply.status === 503 && reply
      })
      expect(reply.headers.get('retry-after')).toBe('5')
      expect(reply.json).toMatchObject({
        code: 503,
        msg: 'Your login cannot be checked now; try again shortly',
        correlation_id: expect.any(String),
      })
      const user = someone()
      const before = await stateOf(world, user)
      expect(
        (await api.put(craft({ alg: 'RS256', kid: 'b' }, claims(user), rsa.privateKey), jpeg))
          .status,
      ).toBe(503)
      expect(await stateOf(world, user)).toEqual(before)
      expect(await codeOf(by('a'))).toBe(0)
    },
  )
})
