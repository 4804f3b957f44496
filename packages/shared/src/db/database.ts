import knex, { type Knex } from 'knex'
import { AppError, causedBy } from '../errors/app-error.ts'
import { withTlsAdvice } from '../errors/tls.ts'
import { BoundedStatement, type Callback, type StatementTimeouts } from './bounded-statement.ts'
import { connectionTo, type DatabaseAccess, SILENT } from './connection.ts'

export type { Knex } from 'knex'

export interface DatabaseSettings extends DatabaseAccess {
  /** Milliseconds that connecting may take, and one statement. */
  readonly timeout: number
}

interface Connection {
  query(statement: unknown, callback?: Callback): unknown
  getTransactionStatus(): 'I' | 'T' | 'E'
  readonly connection: { readonly stream: { destroy(): void } }
  __knex__disposed?: Error
}

type Done = (error: unknown, connection: Connection) => void

/** How much longer than the server the client waits for a statement, for a server that is frozen. */
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
    pool: poolWith({ statement: timeout, idleInTransaction: timeout * 5 }),
    log: SILENT,
    acquireConnectionTimeout: timeout,
  })
}

const poolWith = (limits: StatementTimeouts) => ({
  min: 0,
  max: 10,
  afterCreate(connection: Connection, done: Done) {
    bound(connection, limits)
    done(undefined, connection)
  },
})

/**
 * pg 8.23 keeps a connection on which a statement timed out, and knex hands it out again: everything
 * after that waits behind the same lost answer. Such a connection is ended here. Guarded by
 * test/integration/database-away.test.ts.
 */
function bound(connection: Connection, limits: StatementTimeouts): void {
  const query = connection.query.bind(connection)
  connection.query = (config, callback) => {
    const answer: Callback = (error, response) => {
      if (error?.message === 'Query read timeout') end(connection, error)
      callback?.(error, response)
    }
    return query(new BoundedStatement(connection, limits, config, answer))
  }
}

/** knex looks at its own mark before it hands a connection out; the socket's end would come too late. */
function end(connection: Connection, error: Error): void {
  connection.__knex__disposed = error
  connection.connection.stream.destroy()
}

/** @throws databaseFailed in place of whatever the driver or the server said */
export async function translateErrors<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AppError
      ? error
      : causedBy('databaseFailed', withTlsAdvice(error, 'DATABASE_CA'))
  }
}
