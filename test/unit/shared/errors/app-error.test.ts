import { AppError, causedBy, problem, Rejection } from '@visage/shared/errors/app-error'
import { reasons, reasonWords } from '@visage/shared/errors/reasons'
import { describe, expect, test } from 'vitest'

describe('a problem', () => {
  test('has the code, status and message of its name', () => {
    const error = problem('tooLarge', '16 MiB')
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ problem: 'tooLarge', code: 40049, status: 200 })
    expect(error.message).toBe('The picture is larger than 16 MiB')
  })

  test('has no cause by default', () => {
    expect('cause' in problem('loginRequired')).toBe(false)
  })

  test('keeps its cause out of its message', () => {
    const cause = new Error('relation "avatars" does not exist')
    const error = causedBy('databaseFailed', cause)
    expect(error.cause).toBe(cause)
    expect(error.message).not.toContain('avatars')
  })
})

describe('a rejection', () => {
  test.each(reasonWords)('for %s has its own message', (reason) => {
    const error = new Rejection(reason)
    expect(error.reason).toBe(reason)
    expect(error.message).toBe(reasons[reason])
  })

  test('uses a more specific message if there is one', () => {
    expect(new Rejection('corrupt', 'Line 3 is missing').message).toBe('Line 3 is missing')
  })

  test('has the published code of a format that is not accepted, or of a bad parameter', () => {
    for (const reason of reasonWords)
      expect(new Rejection(reason).code).toBe(reason === 'unsupported_format' ? 40050 : 40001)
  })

  test('keeps the message of the decoder for the log', () => {
    const said = new Error('VipsJpeg: premature end')
    expect(new Rejection('truncated', undefined, said).cause).toBe(said)
    expect(new Rejection('truncated', undefined, said).message).not.toContain('VipsJpeg')
  })
})

test('every reason is a stable identifier with a helpful message', () => {
  for (const [word, sentence] of Object.entries(reasons)) {
    expect(word).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(sentence).toMatch(/^This (picture|file|animation) |^The crop /)
  }
})
