import { createPublicKey, createSecretKey, type JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@visage/shared/errors/app-error'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Algorithm,
  algorithms,
  publicAlgorithms,
  supportedAlgorithms,
} from '../../../../apps/api/src/auth/algorithms.ts'
import { keySet } from '../../../../apps/api/src/auth/jwks.ts'
import { type FindKey, verifySignature } from '../../../../apps/api/src/auth/signature.ts'
import { silent } from '../../../support/domain/log.ts'
import { KeyProvider } from '../../../support/http/key-provider.ts'

/**
 * The vectors of C2SP/wycheproof for signed tokens, where VISAGE_CORPUS names a folder with
 * `jwt/wycheproof_jws.json`. None holds claims, so none is a token to us: what is held against them is
 * the signature. What we answer otherwise than they say is named here, each with its reason.
 */
const CORPUS = process.env.VISAGE_CORPUS

interface Group {
  readonly comment: string
  readonly private: JsonWebKey
  readonly public?: JsonWebKey
  readonly tests: readonly Vector[]
}
interface Vector {
  readonly tcId: number
  readonly jws: string
  readonly result: 'valid' | 'invalid'
}

/** Right signatures that we refuse all the same: we are stricter, and no issuer of tokens is so written. */
const refusedThough: Readonly<Record<number, string>> = {
  ...each([259, 264, 268, 272, 320, 325], 'an empty payload, which can hold no claims'),
  ...each([346, 350], 'the token says PS384, the key says that it is for PS256'),
  ...each([347, 351], 'the key says that it is for ES521, which is no algorithm'),
  ...each([372, 373], 'a question mark in the base64url, which a lenient decoder skips'),
}

/** Called wrong, but the very text of 357, which is right: what was to be wrong about them is not in the file. */
const rightThough = [367, 370]

/** What only a key in a set can say, as `use` or `key_ops`: by itself it is the key that did sign. */
const saidByTheSet = [353, 354, 355, 356]
/** The reverse: by itself the key says nothing of an algorithm, and the signature is right. */
const unsaidByThePem = [346, 347, 350, 351]

function each(ids: number[], reason: string): Record<number, string> {
  return Object.fromEntries(ids.map((id) => [id, reason]))
}

const groups: Group[] = CORPUS
  ? JSON.parse(readFileSync(join(CORPUS, 'jwt', 'wycheproof_jws.json'), 'utf8')).testGroups
  : []
const publicGroups = groups.filter((group) => group.public)

async function accepts(jws: string, allowed: readonly Algorithm[], keyFor: FindKey) {
  try {
    await verifySignature(jws, { algorithms: allowed, keyFor })
    return true
  } catch (error) {
    if (error instanceof AppError && error.problem === 'loginRequired') return false
    throw error
  }
}

const wanted = ({ tcId, result }: Vector) =>
  rightThough.includes(tcId) || (result === 'valid' && !(tcId in refusedThough))

describe.skipIf(!CORPUS)('the vectors of Wycheproof (needs VISAGE_CORPUS=<folder>)', () => {
  let provider: KeyProvider
  beforeAll(async () => {
    provider = await KeyProvider.start()
  })
  afterAll(() => provider.stop())

  test('are all there, and those that are named here among them', () => {
    const vectors = groups.flatMap(({ tests }) => tests)
    expect(vectors).toHaveLength(401)
    const byId = new Map(vectors.map((vector) => [vector.tcId, vector]))
    for (const id of Object.keys(refusedThough)) expect(byId.get(Number(id))?.result).toBe('valid')
    for (const id of rightThough) expect(byId.get(id)?.jws).toBe(byId.get(357)?.jws)
  })

  test.each(groups)('$comment, with its key by itself', async ({ public: jwk, ...group }) => {
    const key = jwk
      ? createPublicKey({ key: jwk, format: 'jwk' })
      : createSecretKey(Buffer.from(`${group.private.k}`, 'base64url'))
    const named = algorithms.find((name) => name === group.private.alg)
    for (const vector of group.tests) {
      if (saidByTheSet.includes(vector.tcId)) continue
      const unsaid = unsaidByThePem.includes(vector.tcId)
      const allowed = named && !unsaid ? [named] : supportedAlgorithms(key)
      const accepted = await accepts(vector.jws, allowed, async () => key)
      expect({ ...vector, accepted }).toEqual({ ...vector, accepted: unsaid || wanted(vector) })
    }
  })

  test.each(publicGroups)('$comment, with its key in a set', async ({ public: jwk, tests }) => {
    provider.publish(jwk as Record<string, unknown>)
    const settings = { url: new URL(provider.url), timeout: 5000, maxAge: 60_000, cooldown: 5000 }
    const keyFor = keySet(settings, silent)
    for (const vector of tests) {
      const accepted = await accepts(vector.jws, publicAlgorithms, keyFor)
      expect({ ...vector, accepted }).toEqual({ ...vector, accepted: wanted(vector) })
    }
  })
})
