import { chownSync } from 'node:fs'
import { join } from 'node:path'
import { serverAccount } from '@visage/stack/account'
import { type Postgres, startPostgres } from '@visage/stack/postgres'
import pg from 'pg'
import type { Certificate } from './authority.ts'

/**
 * Starts a Postgres that accepts TLS and plain connections and verifies client certificates.
 * @param ca file of the CA of the client certificates
 */
export async function startTlsPostgres(
  dir: string,
  certificate: Certificate,
  ca: string,
): Promise<Postgres> {
  const server = await startPostgres({ dir: join(dir, 'postgres'), durable: false })
  const account = serverAccount()
  for (const file of Object.values(certificate))
    if (account) chownSync(file, account.uid, account.gid)
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`alter system set ssl_cert_file = '${certificate.cert}'`)
  await client.query(`alter system set ssl_key_file = '${certificate.key}'`)
  await client.query(`alter system set ssl_ca_file = '${ca}'`)
  await client.query('alter system set ssl = on')
  await client.query('select pg_reload_conf()')
  await client.end()
  return server
}
