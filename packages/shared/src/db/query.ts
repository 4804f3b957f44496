import type { Knex } from './database.ts'

interface Connection {
  query(statement: Statement, callback: (error: Error | null, result: Result) => void): void
}

interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

interface Result {
  readonly rows: unknown[]
}

/**
 * Runs a complete SQL statement on a connection of knex's pool. Use it only for hot queries, where knex's query builder
 * would be most of the cost. Placeholders are `$1`, `$2`.
 * @throws the error of the pool or of pg, as knex does
 */
export async function query<Row>(
  db: Knex,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const connection: Connection = await db.client.acquireConnection()
  try {
    return await new Promise<Row[]>((resolve, reject) =>
      connection.query({ text, values }, (error, result) =>
        error ? reject(error) : resolve(result.rows as Row[]),
      ),
    )
  } finally {
    db.client.releaseConnection(connection)
  }
}
