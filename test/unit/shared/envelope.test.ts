import { failure, success, toAppError } from '@visage/shared/envelope'
import { causedBy, problem } from '@visage/shared/errors/app-error'
import { describe, expect, test } from 'vitest'

const ID = '5e9a3f0e-0000-4000-8000-000000000001'
const PRIVATE = 'connect ECONNREFUSED 10.1.2.3:5432 password=hunter2'

describe('success', () => {
  test.each([
    ['nothing', undefined, '{"code":0,"msg":""}'],
    ['an object', { a: 1 }, '{"code":0,"data":{"a":1},"msg":""}'],
    ['null', null, '{"code":0,"data":null,"msg":""}'],
    ['an empty text', '', '{"code":0,"data":"","msg":""}'],
    ['false', false, '{"code":0,"data":false,"msg":""}'],
  ])('of %s has its members in the published order', (_, data, json) => {
    expect(JSON.stringify(success(data))).toBe(json)
  })
})

describe('failure', () => {
  test('has its members in the published order', () => {
    expect(JSON.stringify(failure(problem('loginRequired'), ID, false))).toBe(
      `{"code":401,"msg":"Login required","correlation_id":"${ID}"}`,
    )
    expect(JSON.stringify(failure(causedBy('internal', new Error('inner')), ID, true))).toBe(
      `{"code":500,"msg":"Something went wrong on our side","error":"inner","correlation_id":"${ID}"}`,
    )
  })

  test.each(['databaseFailed', 'storeFailed', 'internal'] as const)(
    'the cause of %s is not exposed',
    (name) => {
      const json = JSON.stringify(failure(causedBy(name, new Error(PRIVATE)), ID, false))
      expect(json).not.toContain('ECONNREFUSED')
      expect(json).not.toContain('hunter2')
    },
  )

  test.each([
    ['an error', new Error('inner'), 'inner'],
    ['the innermost of several', new Error('outer', { cause: new Error('inner') }), 'inner'],
    ['an error without words', new TypeError(), 'TypeError'],
    ['a text', 'inner', 'inner'],
    ['a number', 7, '7'],
    ['null', null, 'null'],
    ['a cause that is not an Error', new Error('outer', { cause: 'inner' }), 'inner'],
  ])('in debug the text of %s goes along', (_, cause, text) => {
    expect(failure(causedBy('internal', cause), ID, true).error).toBe(text)
  })

  test('in debug a failure without a cause shows its own message', () => {
    expect(failure(problem('loginRequired'), ID, true).error).toBe('Login required')
  })
})

describe('asAppError', () => {
  test('returns an application error unchanged', () => {
    const error = problem('tooLarge', '16 MiB')
    expect(toAppError(error)).toBe(error)
  })

  test.each([new Error(PRIVATE), PRIVATE, undefined, null, 7])(
    '%s becomes an internal error',
    (thrown) => {
      const error = toAppError(thrown)
      expect(error).toMatchObject({ problem: 'internal', code: 500, status: 500 })
      expect(error.message).not.toContain('hunter2')
    },
  )
})
