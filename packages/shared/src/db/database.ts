import knex, { type Knex } from 'knex'
import { AppError, causedBy } from '../errors/app-error.ts'
import { withTlsAdvice } from '../errors/tls.ts'
import { BoundedStatement, type Callback, type StatementTimeouts } from './bounded-statement.ts'
import { connectionTo, type DatabaseAccess, silentLog } from './connection.ts'

export type { Knex } from 'knex'

export interface DatabaseSettings extends DatabaseAccess {
  /** Maximum milliseconds to connect, and maximum milliseconds for one statement. */
  readonly timeout: number
}

interface Connection {
  query(statement: unknown, callback?: Callback): unknown
  getTransactionStatus(): 'I' | 'T' | 'E'
  readonly connection: { readonly stream: { destroy(): void } }
  __knex__disposed?: Error
}

type Done = (error: unknown, connection: Connection) => void

/** Milliseconds that the client waits beyond the server's statement timeout, in case the server is frozen. */
const CLIENT_GRACE = 500

export function openDatabase({ timeout, ...access }: DatabaseSettings): Knex {
  return knex({
    client: 'pg',
    connection: {
      ...connectionTo(access),
      connectionTimeoutMillis: timeout,
      query_timeout: timeout + CLIENT_GRACE,
      keepAlive: true,
    },
    pool: poolOptions({ statement: timeout, idleInTransaction: timeout * 5 }),
    log: silentLog,
    acquireConnectionTimeout: timeout,
  })
}

const poolOptions = (timeouts: StatementTimeouts) => ({
  min: 0,
  max: 10,
  afterCreate(connection: Connection, done: Done) {
    boundStatements(connection, timeouts)
    done(undefined, connection)
  },
})

/**
 * Bounds every statement by `timeouts` and discards a connection on which a statement timed out. pg 8.23 keeps such a
 * connection open and knex reuses it, so every later statement waits for the response that never arrives. Guarded by
 * test/integration/database-unavailable.test.ts.
 */
function boundStatements(connection: Connection, timeouts: StatementTimeouts): void {
  const query = connection.query.bind(connection)
  connection.query = (config, callback) => {
    const onResponse: Callback = (error, response) => {
      if (error?.message === 'Query read timeout') discard(connection, error)
      callback?.(error, response)
    }
    return query(new BoundedStatement(connection, timeouts, config, onResponse))
  }
}

/** Marks the connection for knex, which reads the mark before reuse. The socket's close event arrives too late. */
function discard(connection: Connection, error: Error): void {
  connection.__knex__disposed = error
  connection.connection.stream.destroy()
}

/** @throws AppError `databaseFailed`, with the error of the driver or server as its cause */
export async function translateErrors<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AppError
      ? error
      : causedBy('databaseFailed', withTlsAdvice(error, 'DATABASE_CA'))
  }
}
