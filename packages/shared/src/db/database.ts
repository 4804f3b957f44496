import knex, { type Knex } from 'knex'
import { AppError, causedBy } from '../errors/app-error.ts'

export type { Knex } from 'knex'

export interface DatabaseSettings {
  readonly url: string
  /** Milliseconds that connecting may take, and one statement. */
  readonly timeout: number
}

const POOL = { min: 0, max: 10 }

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
    acquireConnectionTimeout: timeout,
  })
}

/** @throws databaseFailed in place of whatever the driver or the server said */
export async function guarded<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AppError ? error : causedBy('databaseFailed', error)
  }
}
