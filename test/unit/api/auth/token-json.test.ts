import { expect, test } from 'vitest'
import { readObject } from '../../../../apps/api/src/auth/token-json.ts'
import { base64url } from '../../../support/pictures/craft.ts'

test.each([
  ['{}', {}],
  ['{"a":1,"b":{"a":2}}', { a: 1, b: { a: 2 } }],
  ['{"a":["b","b"],"c":"\\"a\\":"}', { a: ['b', 'b'], c: '"a":' }],
])('%s is read', (text, object) => {
  expect(readObject(base64url(text))).toEqual(object)
})

test.each([
  ...['', 'null', '[]', '[{"a":1}]', '"a"', '1', 'true', '{"a":1', '\ufeff{"a":1}'],
  ...['{"a":1,"a":1}', '{"a":1,"\\u0061":1}', '{"a":1,"a" :1}', '{"b":[{"a":1,"a":1}]}'],
])('%j holds no object, or a name twice', (text) => {
  expect(readObject(base64url(text))).toBeUndefined()
})
