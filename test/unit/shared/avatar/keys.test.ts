import {
  avatarPath,
  originalKey,
  parseOriginalKey,
  parseRawKey,
  parseVariantFile,
  parseVariantKey,
  picturePrefixes,
  quarantineKey,
  rawKey,
  userFolder,
  variantFile,
  variantKey,
  variantPath,
  variantPrefix,
} from '@visage/shared/avatar/keys'
import { variantFormats } from '@visage/shared/avatar/recipe'
import { makeRevision, millisecondPrefix, successor } from '@visage/shared/avatar/revision'
import { isUserId } from '@visage/shared/avatar/user-id'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asRevision, asUploadId, asUserId } from '../../../support/domain/brands.ts'

const REVISION = makeRevision(1_700_000_000_000, Buffer.alloc(10, 0x5a))
const SAFE_KEY = /^avatars\/[0-9a-f]{64}\/[0-9a-f-]{36}\/\d+(\.animated)?\.[a-z]+$/

const users = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }).filter(isUserId)
const stills = fc.record({
  size: fc.integer({ min: 1, max: 99_999 }),
  format: fc.constantFrom(...variantFormats),
})
const variants = fc.oneof(
  stills,
  stills.map((still) => ({ ...still, animated: true as const })),
)

/** IDs that a file system, a URL or a prefix search could confuse with each other or with a path. */
const LOOKALIKES = [
  ...['alice', 'Alice', 'ALICE', 'alice ', ' alice', 'alice.', 'alice/', 'alice/bob', 'alic'],
  ...['.', '..', '../alice', '/', '\\', 'a\\b', '%2e%2e', '%2F', 'con', 'nul', '~', '*', '?'],
  // The same letter composed and decomposed, and two alphabets' a.
  ...['\u00e9', 'e\u0301', 'а', 'a', 'ﬁ', 'fi', 'ß', 'ss', 'İ', 'i'],
]

test('keys are the same in every release, as buckets store them', () => {
  const ALICE = '2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90'
  const id = '018bcfe5-6800-7a5a-9a5a-5a5a5a5a5a5a'
  expect(REVISION).toBe(id)
  expect(userFolder(asUserId('alice'))).toBe(ALICE)
  expect(rawKey(asUploadId(REVISION))).toBe(`raw/${id}`)
  expect(quarantineKey(asUploadId(REVISION))).toBe(`quarantine/${id}`)
  expect(originalKey(asUserId('alice'), REVISION)).toBe(`originals/${ALICE}/${id}`)
  expect(
    variantKey(asUserId('alice'), REVISION, { size: 64, format: 'webp', animated: true }),
  ).toBe(`avatars/${ALICE}/${id}/64.animated.webp`)
})

describe('variants', () => {
  test('a key is parsed to its folder, revision and file', () => {
    fc.assert(
      fc.property(users, variants, (user, variant) => {
        expect(parseVariantKey(variantKey(user, REVISION, variant))).toEqual({
          folder: userFolder(user),
          revision: REVISION,
          file: variantFile(variant),
        })
      }),
    )
  })

  test.each([
    ...['', 'avatars/', 'avatars/a', `avatars/a/${REVISION}`, `avatars/a/${REVISION}/`],
    ...[`avatars//${REVISION}/64.webp`, `avatars/${REVISION}/64.webp`, 'avatars/a//64.webp'],
    ...[`avatars/a/${REVISION}/64.webp/`, `avatars/a/${REVISION}/b/64.webp`],
    ...[`originals/a/${REVISION}/64.webp`, `xavatars/a/${REVISION}/64.webp`],
    ...[`a/${REVISION}/64.webp`, `avatars/a/${REVISION.toUpperCase()}/64.webp`],
  ])('%j is the key of none', (key) => {
    expect(parseVariantKey(key)).toBeUndefined()
  })

  test('no two users share a folder, even on case-insensitive file systems', () => {
    const folders = LOOKALIKES.map((user) => variantPrefix(asUserId(user), REVISION))
    expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(LOOKALIKES.length)
  })

  test('no folder is a prefix of another', () => {
    const folders = LOOKALIKES.map((user) => variantPrefix(asUserId(user), REVISION))
    for (const one of folders)
      expect(folders.filter((other) => other.startsWith(one))).toEqual([one])
  })

  test('a key has only safe characters for any user ID', () => {
    fc.assert(
      fc.property(users, variants, (user, variant) => {
        expect(variantKey(user, REVISION, variant)).toMatch(SAFE_KEY)
      }),
    )
    for (const user of LOOKALIKES)
      expect(variantKey(asUserId(user), REVISION, { size: 64, format: 'webp' })).toMatch(SAFE_KEY)
  })

  test('a key begins with the prefix under which its picture is purged', () => {
    const key = variantKey(asUserId('alice'), REVISION, { size: 512, format: 'jpeg' })
    expect(key).toBe(`${variantPrefix(asUserId('alice'), REVISION)}512.jpg`)
  })

  test('a file name is parsed to its variant', () => {
    fc.assert(
      fc.property(variants, (variant) => {
        expect(parseVariantFile(variantFile(variant))).toEqual(variant)
      }),
    )
  })

  test.each([
    ...[
      '',
      '512',
      '512.',
      '.webp',
      '512.jpeg',
      '512.WEBP',
      '512.animated',
      '512.animated.',
      '512..webp',
      '512.moving.webp',
      '512.gif',
      '512.webp.jpg',
      '0512.webp',
    ],
    ...['0.webp', '-1.webp', '5e2.webp', '5.5.webp', '100000.webp', ' 512.webp', '512.webp\n'],
    ...['../512.webp', '512.webp/', '512.constructor', '512.__proto__', '٥١٢.webp'],
  ])('%j is no file name of ours', (file) => {
    expect(parseVariantFile(file)).toBeUndefined()
  })

  test('every parsed file name is canonical', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (file) => {
        const parsed = parseVariantFile(file)
        if (parsed) expect(variantFile(parsed)).toBe(file)
      }),
    )
  })
})

describe('raw objects', () => {
  test('a key is parsed to its upload', () => {
    expect(parseRawKey(rawKey(asUploadId(REVISION)))).toBe(REVISION)
  })

  test('keys sort by the time of acceptance', () => {
    const times = [0, 255, 256, 65_535, 65_536, 1_700_000_000_000, 1_700_000_000_001]
    const keys = times.map((time, i) =>
      rawKey(asUploadId(makeRevision(time, Buffer.alloc(10, 255 - i)))),
    )
    expect(keys.toSorted()).toEqual(keys)
  })

  test.each([
    ...['', 'raw/', REVISION, `RAW/${REVISION}`, `raw/${REVISION}/`, `raw//${REVISION}`],
    ...[`raw/${REVISION.toUpperCase()}`, `quarantine/${REVISION}`, `xraw/${REVISION}`],
    ...[`raw/${REVISION}.tmp`, 'raw/../secret', `raw/${REVISION}\n`],
  ])('%j is the key of none', (key) => {
    expect(parseRawKey(key)).toBeUndefined()
  })
})

describe('originals', () => {
  test('a key is parsed to its folder and revision', () => {
    fc.assert(
      fc.property(users, (user) => {
        const folder = userFolder(user)
        expect(parseOriginalKey(originalKey(user, REVISION))).toEqual({
          folder,
          revision: REVISION,
        })
      }),
    )
  })

  test.each([
    ...['', 'originals/', `originals/${REVISION}`, `originals/a/${REVISION}/`],
    ...[`originals/a/${REVISION}/512.webp`, `avatars/a/${REVISION}`, `originals//${REVISION}`],
    ...[`originals/a/${REVISION.toUpperCase()}`, `xoriginals/a/${REVISION}`],
  ])('%j is the key of none', (key) => {
    expect(parseOriginalKey(key)).toBeUndefined()
  })

  test('the prefixes of a picture match only its variants and its original', () => {
    const all = (revision: string) => [
      variantKey(asUserId('alice'), asRevision(revision), { size: 64, format: 'webp' }),
      originalKey(asUserId('alice'), asRevision(revision)),
    ]
    const under = (at: string, key: string) =>
      picturePrefixes(asUserId('alice'), at).some((prefix) => key.startsWith(prefix))
    const later = successor(REVISION, 7) ?? ''
    expect(all(REVISION).every((key) => under(REVISION, key))).toBe(true)
    expect(all(later).some((key) => under(REVISION, key))).toBe(false)
    expect(
      [...all(REVISION), ...all(later)].every((key) => under(millisecondPrefix(REVISION), key)),
    ).toBe(true)
    expect(under(millisecondPrefix(REVISION), originalKey(asUserId('bob'), REVISION))).toBe(false)
  })
})

describe('public paths', () => {
  test('a user ID is one path segment and can be decoded', () => {
    fc.assert(
      fc.property(users, (user) => {
        const path = avatarPath('/api/v4', user)
        expect(path.split('/')).toHaveLength(6)
        expect(path).not.toMatch(/[?#\s\\]/)
        expect(decodeURIComponent(path.split('/')[5] ?? '')).toBe(user)
      }),
    )
  })

  test('the path of a variant has its user, revision and file name', () => {
    const path = variantPath('', asUserId('a/b'), REVISION, { size: 128, format: 'webp' })
    expect(path).toBe(`/user/avatar/a%2Fb/${REVISION}/128.webp`)
  })
})
