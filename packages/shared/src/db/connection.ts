import { type PostgresAddress, readPostgresUrl } from './postgres-url.ts'

export interface DatabaseAccess {
  readonly url: string
  /** PEM of the authorities that the certificate of Postgres may be by; with it there is TLS. */
  readonly ca?: string | undefined
}

/** What pg needs to find the server and to know it. @throws where a file that the address names is gone */
export function connectionTo({ url, ca }: DatabaseAccess): PostgresAddress {
  const { connectionString, ssl } = readPostgresUrl(url)
  if (ca !== undefined) return { connectionString, ssl: { ...ssl, ca } }
  return ssl === undefined ? { connectionString } : { connectionString, ssl }
}

/** What fails is thrown, translated and logged by us; knex would print it as well, once for each attempt. */
export const SILENT = { debug() {}, warn() {}, error() {}, deprecate() {} }
