import { withTlsAdvice } from '@visage/shared/errors/tls'
import { describe, expect, test } from 'vitest'

const refused = (code: string) => Object.assign(new Error('as Node says it'), { code })

describe('a certificate that is not accepted', () => {
  test.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'DATABASE_CA'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DATABASE_CA'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
    ['CERT_HAS_EXPIRED', 'expired'],
  ])('with the error %s has advice', (code, advice) => {
    const { message } = withTlsAdvice(refused(code), 'DATABASE_CA') as Error
    expect(message).toContain(advice)
    expect(message).toContain('as Node says it')
  })
})

test.each([
  refused('ECONNREFUSED'),
  refused('constructor'),
  new Error('no code'),
  undefined,
  'text',
])('other errors are unchanged: %s', (error) => {
  expect(withTlsAdvice(error, 'DATABASE_CA')).toBe(error)
})
