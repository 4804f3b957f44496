import { isUserId, MAX_USER_ID_LENGTH } from '@visage/shared/avatar/user-id'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test.each([
  ...['a', '42', 'user@example.com', 'auth0|5f7c8ec7c33c6c004bbafe82', 'a b', '../..', '.', '%00'],
  ...['José', 'Ωμέγα', '山田太郎', '👩‍👩‍👧‍👦', 'e\u0301', '\u200b', '\ufeff', '\u202e', '\u00a0'],
  ...['x'.repeat(MAX_USER_ID_LENGTH), '🙂'.repeat(MAX_USER_ID_LENGTH)],
])('%j is a user id', (value) => {
  expect(isUserId(value)).toBe(true)
})

test.each([
  ['nothing', ''],
  ['one character too many', 'x'.repeat(MAX_USER_ID_LENGTH + 1)],
  ['one character too many of those that take two units', '🙂'.repeat(MAX_USER_ID_LENGTH + 1)],
  ['U+0000, which Postgres cannot store', 'a\0b'],
  ['a line feed', 'a\nb'],
  ['a tab', 'a\tb'],
  ['DEL', 'a\x7fb'],
  ['a C1 control', 'a\x85b'],
  ['the first half of a surrogate pair', 'a\ud83d'],
  ['the second half of a surrogate pair', '\ude00a'],
  ['a number', 42],
  ['an object that prints as text', { toString: () => 'a' }],
  ['a list', ['a']],
  ['null', null],
  ['undefined', undefined],
])('%s is not', (_, value) => {
  expect(isUserId(value)).toBe(false)
})

test('every valid ID survives UTF-8 encoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
      fc.pre(isUserId(value))
      expect(Buffer.from(value, 'utf8').toString('utf8')).toBe(value)
    }),
  )
})
