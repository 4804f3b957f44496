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
 * One statement, written out, on a connection of knex's pool. For what is asked so often that building
 * statements would be most of its cost; anything else is for knex. Its placeholders are `$1`, `$2`.
 * @throws what the pool or pg throws, as knex would
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
