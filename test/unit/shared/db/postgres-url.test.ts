import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectionTo } from '@visage/shared/db/connection'
import { readPostgresUrl } from '@visage/shared/db/postgres-url'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, describe, expect, test } from 'vitest'

const PLAIN = 'postgres://user:p%40ss@db:5432/visage'
const dir = temporaryFolder()
const file = join(dir, 'file.pem')
writeFileSync(file, 'PEM')

/** DIR stands for the folder, so that a test has the same name in each run. */
const address = (query: string) => PLAIN + query.replaceAll('DIR', dir)

afterAll(() => removeServersFolder(dir))

describe('the TLS parameters of a URL', () => {
  test.each([
    ['', undefined],
    ['?application_name=a', undefined],
    ['?sslmode=disable', false],
    ['?sslmode=require', {}],
    ['?sslmode=verify-ca', {}],
    ['?sslmode=verify-full', {}],
    ['?sslmode=no-verify', { rejectUnauthorized: false }],
    ['?sslrootcert=DIR/file.pem', { ca: 'PEM' }],
    ['?sslmode=verify-full&sslcert=DIR/file.pem&sslkey=DIR/file.pem', { cert: 'PEM', key: 'PEM' }],
    ['?sslmode=disable&sslrootcert=DIR/file.pem', false],
  ])('%s', (query, ssl) => {
    expect(readPostgresUrl(address(query)).ssl).toEqual(ssl)
  })

  test.each([
    ...['prefer', 'allow', '', 'VERIFY-FULL', 'verify_full', 'constructor'].map(
      (mode) => `?sslmode=${mode}`,
    ),
    ...['ssl=true', 'ssl=0', 'ssl=no-verify', 'sslnegotiation=direct', 'uselibpqcompat=true'].map(
      (wish) => `?sslmode=require&${wish}`,
    ),
    ...['?sslrootcert=DIR/missing.pem', '?sslcert=DIR'],
  ])('is not taken where it says %s', (query) => {
    expect(() => readPostgresUrl(address(query))).toThrow()
  })

  test('are removed from the URL, and other parameters are kept', () => {
    const read = readPostgresUrl(`${PLAIN}?application_name=a&sslmode=require&sslrootcert=${file}`)
    expect(read.connectionString).toBe(`${PLAIN}?application_name=a`)
    expect(readPostgresUrl(PLAIN).connectionString).toBe(PLAIN)
    const twice = readPostgresUrl(`${PLAIN}?sslmode=verify-full&sslmode=no-verify`)
    expect(twice).toEqual({ connectionString: PLAIN, ssl: {} })
  })
})

describe('a CA besides the URL', () => {
  test.each(['', '?sslmode=require', '?sslmode=verify-full'])('enables TLS: %s', (query) => {
    const connection = { connectionString: PLAIN, ssl: { ca: 'CA' } }
    expect(connectionTo({ url: PLAIN + query, ca: 'CA' })).toEqual(connection)
  })

  test('is absent: the URL decides, then PGSSLMODE', () => {
    expect(connectionTo({ url: PLAIN })).toEqual({ connectionString: PLAIN })
    expect(connectionTo({ url: `${PLAIN}?sslmode=disable` }).ssl).toBe(false)
  })
})
