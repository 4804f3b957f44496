import type { DatabaseSettings } from '../db/database.ts'
import { readPostgresUrl } from '../db/postgres-url.ts'
import { certificates } from './pem.ts'
import type { Config } from './read.ts'
import { type Format, formats, optional, required, withDefault } from './setting.ts'

export const databaseUrl: Format<string> = {
  format: `${formats.postgresUrl.format}, whose sslmode, if any, is verify-full, no-verify or disable, and whose sslrootcert, sslcert and sslkey, if any, are files`,
  parse: (text) => {
    try {
      if (formats.postgresUrl.parse(text)) readPostgresUrl(text)
      return formats.postgresUrl.parse(text)
    } catch {
      return undefined
    }
  },
}

/** How Postgres is reached. */
export const databaseSettings = {
  databaseUrl: required(
    'DATABASE_URL',
    databaseUrl,
    'the Postgres database, or a PgBouncer before it',
  ),
  databaseCa: optional(
    'DATABASE_CA',
    certificates,
    'the authorities that the certificate of Postgres may be by, if not the usual ones; with it there is no connection without TLS',
  ),
  databaseTimeout: withDefault(
    'DATABASE_TIMEOUT',
    formats.interval,
    '2s',
    'how long connecting and one statement may take',
  ),
} as const

/** Whoever makes the schema may come as another role, and past the pooler. */
export const migrationUrl = optional(
  'MIGRATION_DATABASE_URL',
  databaseUrl,
  'where the schema is made: as the role that owns the tables; DATABASE_URL if not set',
)

type DatabaseConfig = Config<typeof databaseSettings>

export function databaseProblems({ databaseUrl, databaseCa }: Partial<DatabaseConfig>): string[] {
  const { ssl } = databaseUrl && databaseCa ? readPostgresUrl(databaseUrl) : {}
  const isUnused = ssl === false || (ssl && (ssl.ca || ssl.rejectUnauthorized === false))
  return isUnused
    ? [
        'DATABASE_CA is for a certificate that is checked: no sslrootcert in DATABASE_URL, and sslmode=verify-full or none',
      ]
    : []
}

export function databaseAccess(config: DatabaseConfig): DatabaseSettings {
  return { url: config.databaseUrl, ca: config.databaseCa, timeout: config.databaseTimeout }
}
