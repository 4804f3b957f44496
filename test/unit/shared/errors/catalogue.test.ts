import { catalogue, type Problem } from '@visage/shared/errors/catalogue'
import { describe, expect, test } from 'vitest'

/** As clients know them: `code` in the envelope, and the HTTP status. */
const PUBLISHED: Readonly<Record<Problem, readonly [code: number, status: number]>> = {
  loginRequired: [401, 200],
  invalidTokenType: [40020, 200],
  insufficientScope: [40089, 200],
  badParameter: [40001, 200],
  invalidContentLength: [40013, 200],
  tooLarge: [40049, 200],
  unsupportedFormat: [40050, 200],
  uploadNotFound: [404, 200],
  notFound: [404, 404],
  methodNotAllowed: [405, 405],
  tooSlow: [408, 408],
  tooManyRequests: [429, 429],
  unavailable: [503, 503],
  keysUnavailable: [503, 503],
  internal: [500, 500],
  databaseFailed: [50001, 200],
  storeFailed: [50004, 200],
}
const names = Object.keys(catalogue) as Problem[]

describe('the catalogue of failures', () => {
  test.each(Object.entries(PUBLISHED))(
    '%s keeps its published code and status',
    (name, [code, status]) => {
      expect(catalogue[name as Problem]).toMatchObject({ code, status })
    },
  )

  test('there are no others', () => {
    expect(names.toSorted()).toEqual(Object.keys(PUBLISHED).toSorted())
  })

  test('no code is 0', () => {
    for (const name of names) expect(catalogue[name].code).toBeGreaterThan(0)
  })

  test('every message is a sentence', () => {
    for (const name of names) {
      const msg = catalogue[name].msg as (...text: string[]) => string
      const message = msg('Some sentence', 'another')
      expect(message).toMatch(/^[A-Z]/)
      expect(message).not.toContain('undefined')
    }
  })
})
