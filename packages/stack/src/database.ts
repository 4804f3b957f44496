import pg from 'pg'

/** SQLSTATE `invalid_catalog_name`: the database does not exist. */
const INVALID_CATALOG_NAME = '3D000'

/** Creates the database that the URL names, if it does not exist. */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await query(url, 'SELECT 1')
  } catch (error) {
    if ((error as { code?: string }).code !== INVALID_CATALOG_NAME) throw error
    const name = decodeURIComponent(new URL(url).pathname.slice(1))
    await createDatabase(withDatabase(url, 'postgres'), name)
  }
}

/**
 * Creates a database on the server of the URL, as a copy of `template` if that is set.
 * @returns the URL of the new database
 */
export async function createDatabase(
  url: string,
  name: string,
  template?: string,
): Promise<string> {
  const source = template ? ` TEMPLATE ${pg.escapeIdentifier(template)}` : ''
  await query(url, `CREATE DATABASE ${pg.escapeIdentifier(name)}${source}`)
  return withDatabase(url, name)
}

/** Drops a database if it exists, and closes all connections to it. The URL must name another database of the same server. */
export function dropDatabase(url: string, name: string): Promise<void> {
  return query(url, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
  }
}
