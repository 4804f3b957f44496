import type { DatabaseSettings } from '../db/database.ts'
import { readPostgresUrl } from '../db/postgres-url.ts'
import { certificates } from './pem.ts'
import type { Config } from './read.ts'
import { type Format, formats, optional, required, withDefault } from './setting.ts'

export const databaseUrl: Format<string> = {
  format: `${formats.postgresUrl.format} (sslmode: verify-full, verify-ca, require, no-verify or disable; sslrootcert, sslcert, sslkey: paths of readable files)`,
  parse: (text) => {
    try {
      if (formats.postgresUrl.parse(text)) readPostgresUrl(text)
      return formats.postgresUrl.parse(text)
    } catch {
      return undefined
    }
  },
}

export const databaseSettings = {
  databaseUrl: required(
    'DATABASE_URL',
    databaseUrl,
    'URL of the Postgres database, or of a PgBouncer in front of it.',
  ),
  databaseCa: optional(
    'DATABASE_CA',
    certificates,
    'Certificate authorities that may sign the certificate of Postgres. They replace the authorities that Node trusts, and every connection uses TLS. Set it if Postgres has a certificate of a private authority.',
  ),
  databaseTimeout: withDefault(
    'DATABASE_TIMEOUT',
    formats.interval,
    '2s',
    'Maximum time for a connection attempt, and for one statement. Increase it if Postgres is far away or slow.',
  ),
} as const

/** Migrations can use another role, and can bypass a connection pooler. */
export const migrationUrl = optional(
  'MIGRATION_DATABASE_URL',
  databaseUrl,
  'URL of the same database for migrations, as the role that owns the tables. Default: `DATABASE_URL`. Set it if the API and the workers use a role with fewer rights.',
)

type DatabaseConfig = Config<typeof databaseSettings>

export function databaseProblems({ databaseUrl, databaseCa }: Partial<DatabaseConfig>): string[] {
  const { ssl } = databaseUrl && databaseCa ? readPostgresUrl(databaseUrl) : {}
  const isUnused = ssl === false || (ssl && (ssl.ca || ssl.rejectUnauthorized === false))
  return isUnused
    ? [
        'DATABASE_CA has no effect with this DATABASE_URL. In DATABASE_URL, remove sslrootcert. Then set sslmode=verify-full, or remove sslmode.',
      ]
    : []
}

export function databaseAccess(config: DatabaseConfig): DatabaseSettings {
  return { url: config.databaseUrl, ca: config.databaseCa, timeout: config.databaseTimeout }
}
