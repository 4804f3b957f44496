import { createPublicKey, createSecretKey, type KeyObject, sign } from 'node:crypto'
import { AppError } from '@visage/shared/errors/app-error'
import { describe, expect, test } from 'vitest'
import {
  type Algorithm,
  algorithms,
  supportedAlgorithms,
} from '../../../../apps/api/src/auth/algorithms.ts'
import { verifySignature } from '../../../../apps/api/src/auth/signature.ts'
import { keyPairs, type PairName, pemOf } from '../../../support/http/keys.ts'
import { base64url, craft, seal } from '../../../support/pictures/craft.ts'

const SECRET = Buffer.from('a-secret-that-only-these-tests-know-0123456789')
const secretKey = createSecretKey(SECRET)
const PAYLOAD = 'no claims: only the signature counts'
const { rsa, p256 } = keyPairs

async function accepts(token: string, key: KeyObject, allowed: readonly Algorithm[]) {
  try {
    return await verifySignature(token, { algorithms: allowed, keyFor: async () => key })
  } catch (error) {
    if (error instanceof AppError && error.problem === 'loginRequired') return false
    throw error
  }
}

/** Which key signs by which algorithm. */
const signers: [Algorithm, PairName | 'secret'][] = [
  ...(['HS256', 'HS384', 'HS512'] as const).map((alg): [Algorithm, 'secret'] => [alg, 'secret']),
  ...(['RS256', 'RS384', 'RS512'] as const).map((alg): [Algorithm, PairName] => [alg, 'rsa']),
  ...(['PS256', 'PS384', 'PS512'] as const).map((alg): [Algorithm, PairName] => [alg, 'rsa']),
  ['ES256', 'p256'],
  ['ES384', 'p384'],
  ['ES512', 'p521'],
]
const signingKey = (name: PairName | 'secret') =>
  name === 'secret' ? SECRET : keyPairs[name].privateKey
const checkingKey = (name: PairName | 'secret') =>
  name === 'secret' ? secretKey : keyPairs[name].publicKey

test('every algorithm has its signer here', () => {
  expect(signers.map(([alg]) => alg)).toEqual(algorithms)
})

describe.each(signers)('%s', (alg, name) => {
  const token = craft({ alg }, PAYLOAD, signingKey(name), alg)
  const key = checkingKey(name)

  test('is accepted where it is listed and the key is the one that signed', async () => {
    expect(await accepts(token, key, [alg])).toBe(base64url(PAYLOAD))
  })

  test('is refused if it is not listed', async () => {
    const others = algorithms.filter((other) => other !== alg)
    expect(await accepts(token, key, others)).toBe(false)
    for (const other of others)
      expect(
        await accepts(craft({ alg: other }, PAYLOAD, signingKey(name), alg), key, algorithms),
      ).toBe(false)
  })

  test('is refused by every other key', async () => {
    const others = (Object.keys(keyPairs) as PairName[]).filter((other) => other !== name)
    for (const other of others)
      expect(await accepts(token, keyPairs[other].publicKey, [alg])).toBe(false)
    expect(await accepts(token, createSecretKey(Buffer.alloc(46, 'x')), [alg])).toBe(false)
  })

  test('is refused with any bit of it turned', async () => {
    for (const at of [3, token.indexOf('.') + 3, token.lastIndexOf('.') + 3]) {
      const letter = token[at] === 'A' ? 'B' : 'A'
      expect(await accepts(token.slice(0, at) + letter + token.slice(at + 1), key, [alg])).toBe(
        false,
      )
    }
  })

  test('is refused with a signature that is cut, longer, empty or all zeros', async () => {
    const [head = '', payload = '', signature = ''] = token.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    for (const other of [
      bytes.subarray(1),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), bytes]),
      Buffer.alloc(0),
      Buffer.alloc(bytes.length),
    ])
      expect(await accepts(`${head}.${payload}.${base64url(other)}`, key, [alg])).toBe(false)
  })
})

test.each(['RS256', 'PS256'] as const)(
  'an %s signature that begins with a zero is refused without it',
  async (alg) => {
    const zeroFirst = (token: string) =>
      Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url')[0] === 0
    let token = ''
    for (let i = 0; !zeroFirst(token); i++)
      token = craft({ alg }, `${PAYLOAD} ${i}`, rsa.privateKey)
    const signed = token.slice(0, token.lastIndexOf('.'))
    const signature = Buffer.from(token.slice(signed.length + 1), 'base64url')
    expect(await accepts(token, rsa.publicKey, [alg])).not.toBe(false)
    const shorter = `${signed}.${base64url(signature.subarray(1))}`
    expect(await accepts(shorter, rsa.publicKey, [alg])).toBe(false)
  },
)

describe('a public key is never taken for a secret', () => {
  const pem = pemOf(rsa.publicKey)
  const forms: [string, Buffer][] = [
    ['its PEM', Buffer.from(pem)],
    ['its PEM without the last line feed', Buffer.from(pem.trimEnd())],
    ['its DER', rsa.publicKey.export({ format: 'der', type: 'spki' })],
    ['its JWK', Buffer.from(JSON.stringify(rsa.publicKey.export({ format: 'jwk' })))],
    ['its modulus', Buffer.from(`${rsa.publicKey.export({ format: 'jwk' }).n}`, 'base64url')],
  ]
  test.each(forms)('%s', async (_, secret) => {
    for (const alg of ['HS256', 'HS384', 'HS512'] as const) {
      const token = craft({ alg }, PAYLOAD, secret, alg)
      expect(await accepts(token, rsa.publicKey, algorithms)).toBe(false)
      // The signature itself is right, and would pass where the bytes were the secret.
      expect(await accepts(token, createSecretKey(secret), [alg])).toBe(base64url(PAYLOAD))
    }
  })
})

test('a secret that is a PEM is never taken for a public key', async () => {
  const secret = createSecretKey(Buffer.from(pemOf(rsa.publicKey)))
  const token = craft({ alg: 'RS256' }, PAYLOAD, rsa.privateKey)
  expect(await accepts(token, secret, algorithms)).toBe(false)
  expect(await accepts(token, createPublicKey(pemOf(rsa.publicKey)), ['RS256'])).toBeTruthy()
})

test('an EC signature in DER, as other formats have it, is refused', async () => {
  const [head, payload] = craft({ alg: 'ES256' }, PAYLOAD, p256.privateKey).split('.')
  const der = sign('sha256', Buffer.from(`${head}.${payload}`), p256.privateKey)
  expect(await accepts(`${head}.${payload}.${base64url(der)}`, p256.publicKey, ['ES256'])).toBe(
    false,
  )
})

test('none is refused in any case, with or without a signature', async () => {
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
    const signed = `${base64url(JSON.stringify({ alg }))}.${base64url(PAYLOAD)}`
    for (const token of [`${signed}.`, seal(signed, SECRET)])
      for (const key of [secretKey, rsa.publicKey])
        expect(await accepts(token, key, algorithms)).toBe(false)
  }
})

test('a key that is weak, private or of another kind checks nothing', () => {
  const { weakRsa, shortRsa, secp256k1, ed25519 } = keyPairs
  for (const key of [
    shortRsa.publicKey,
    weakRsa.publicKey,
    rsa.privateKey,
    secp256k1.publicKey,
    ed25519.publicKey,
  ])
    expect(supportedAlgorithms(key)).toEqual([])
})
