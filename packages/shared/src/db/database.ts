import knex, { type Knex } from 'knex'
import { AppError, causedBy } from '../errors/app-error.ts'

export type { Knex } from 'knex'

export interface DatabaseSettings {
  readonly url: string
  /** Milliseconds that connecting may take, and one statement. */
  readonly timeout: number
}

interface Connection {
  query(config: unknown, callback: (error: Error | undefined, response: unknown) => void): void
  readonly connection: { readonly stream: { destroy(): void } }
  __knex__disposed?: Error
}

type Done = (error: unknown, connection: Connection) => void

const POOL = {
  min: 0,
  max: 10,
  afterCreate(connection: Connection, done: Done) {
    endWhenSilent(connection)
    done(undefined, connection)
  },
}

/** What fails is thrown, translated and logged by us; knex would print it as well, once for each attempt. */
const SILENT = { debug() {}, warn() {}, error() {}, deprecate() {} }

/** How much longer than the server the client waits for a statement, for a server that is frozen. */
const CLIENT_GRACE = 500

export function openDatabase({ url, timeout }: DatabaseSettings): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      connectionTimeoutMillis: timeout,
      statement_timeout: timeout,
      query_timeout: timeout + CLIENT_GRACE,
      idle_in_transaction_session_timeout: timeout * 5,
      keepAlive: true,
    },
    pool: POOL,
    log: SILENT,
    acquireConnectionTimeout: timeout,
  })
}

/**
 * pg 8.23 keeps a connection on which a statement timed out, and knex hands it out again: everything
 * after that waits behind the same lost answer. Such a connection is ended here. Guarded by
 * test/integration/database-away.test.ts.
 */
function endWhenSilent(connection: Connection): void {
  const query = connection.query.bind(connection)
  connection.query = (config, callback) =>
    query(config, (error, response) => {
      if (error?.message === 'Query read timeout') end(connection, error)
      callback(error, response)
    })
}

/** knex looks at its own mark before it hands a connection out; the socket's end would come too late. */
function end(connection: Connection, error: Error): void {
  connection.__knex__disposed = error
  connection.connection.stream.destroy()
}

/** @throws databaseFailed in place of whatever the driver or the server said */
export async function guarded<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AppError ? error : causedBy('databaseFailed', error)
  }
}
