import { openDatabase, translateErrors } from '@visage/shared/db/database'
import { migrateToLatest } from '@visage/shared/db/migrate'
import type { Postgres } from '@visage/stack/postgres'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Authority } from '../support/servers/authority.ts'
import { startTlsPostgres } from '../support/servers/postgres-tls.ts'
import { withProgram } from '../support/servers/with-program.ts'

withProgram('OpenSSL', 'a Postgres with TLS', (openssl) => {
  const dir = temporaryFolder()
  let postgres: Postgres
  let ours: Authority
  let otherAuthority: Authority

  beforeAll(async () => {
    ours = new Authority(openssl, dir, 'ours')
    otherAuthority = new Authority(openssl, dir, 'otherAuthority')
    postgres = await startTlsPostgres(dir, ours.issue('postgres', 'IP:127.0.0.1'), ours.path)
    await eventually('it takes TLS', 10_000, () => isEncrypted('', ours.pem))
  })
  afterAll(async () => {
    await postgres.stop()
    removeServersFolder(dir)
  })

  /** Returns the TLS state of the session on the server, if the connection succeeds. */
  async function session(query: string, ca?: string, host = '127.0.0.1') {
    const url = `${postgres.url.replace('127.0.0.1', host)}${query}`
    const db = openDatabase({ url, ca, timeout: 5000 })
    const sql = 'select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()'
    return translateErrors(() => db.raw(sql))
      .then(({ rows }) => rows[0] as { ssl: boolean; client_dn: string | null })
      .finally(() => db.destroy())
  }

  const isEncrypted = async (...how: Parameters<typeof session>) => (await session(...how)).ssl

  describe('with a configured CA', () => {
    test.each(['', '?sslmode=require', '?sslmode=verify-ca', '?sslmode=verify-full'])(
      'in DATABASE_CA is reached over TLS%s',
      async (query) => expect(await isEncrypted(query, ours.pem)).toBe(true),
    )

    test.each(['', '&sslmode=require', '&sslmode=verify-full'])(
      'in the address is reached over TLS%s',
      async (query) => expect(await isEncrypted(`?sslrootcert=${ours.path}${query}`)).toBe(true),
    )

    test('is migrated over TLS', async () => {
      await migrateToLatest(`${postgres.url}?sslmode=verify-full`, ours.pem)
    })

    test('is refused with a message if its name is not in its certificate', async () => {
      for (const query of ['', '?sslmode=require', '?sslmode=verify-ca'])
        await expect(isEncrypted(query, ours.pem, 'localhost')).rejects.toMatchObject({
          problem: 'databaseFailed',
          cause: { message: expect.stringMatching(/certificate is for another name.*localhost/) },
        })
    })
  })

  describe('with an unknown CA', () => {
    const refusal = /from an unknown authority; add that authority to DATABASE_CA/

    test.each(['require', 'verify-ca', 'verify-full'])(
      'is refused with a message for sslmode=%s',
      async (mode) => {
        const refused = expect(isEncrypted(`?sslmode=${mode}`)).rejects
        await refused.toMatchObject({ cause: { message: expect.stringMatching(refusal) } })
      },
    )

    test('is refused with another CA configured, without migrating', async () => {
      const refused = expect(isEncrypted('', otherAuthority.pem)).rejects
      await refused.toMatchObject({ cause: { message: expect.stringMatching(refusal) } })
      await expect(migrateToLatest(postgres.url, otherAuthority.pem)).rejects.toThrow(refusal)
    })

    test('is accepted without verification only if the URL says so', async () => {
      expect(await isEncrypted('?sslmode=no-verify')).toBe(true)
      expect(await isEncrypted('?sslmode=disable')).toBe(false)
      expect(await isEncrypted('')).toBe(false)
    })
  })

  test('gets the client certificate that the URL names', async () => {
    const { cert, key } = ours.issue('client', 'DNS:visage')
    const query = `?sslrootcert=${ours.path}&sslcert=${cert}&sslkey=${key}`
    expect(await session(query)).toEqual({ ssl: true, client_dn: '/CN=client' })
    expect(await session('', ours.pem)).toEqual({ ssl: true, client_dn: null })
  })
})
