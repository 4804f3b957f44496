import { type PostgresAddress, readPostgresUrl } from './postgres-url.ts'

export interface DatabaseAccess {
  readonly url: string
  /** PEM of the certificate authorities to trust for Postgres. Enables TLS. */
  readonly ca?: string | undefined
}

/** Converts the settings to pg's connection options.  @throws if a file that the URL names cannot be read */
export function connectionTo({ url, ca }: DatabaseAccess): PostgresAddress {
  const { connectionString, ssl } = readPostgresUrl(url)
  if (ca !== undefined) return { connectionString, ssl: { ...ssl, ca } }
  return ssl === undefined ? { connectionString } : { connectionString, ssl }
}

/** Silences knex, which would print every failed attempt. Callers translate and log the errors that knex throws. */
export const silentLog = { debug() {}, warn() {}, error() {}, deprecate() {} }
