import pg from 'pg'

/** Timeouts in milliseconds that Postgres enforces. */
export interface StatementTimeouts {
  readonly statement: number
  readonly idleInTransaction: number
}

export type Callback = (error: Error | undefined, response?: unknown) => void

/** pg's protocol connection, which pg.Client uses. */
interface Wire {
  query(text: string): void
  parse(statement: { text: string }): void
  bind(portal: object): void
  execute(portal: object): void
}

/** Members of pg.Query in pg 8.23 that its published types omit. */
interface Statement {
  readonly text: string
  submit(wire: Wire): Error | null
  requiresPreparation(): boolean
  prepare(wire: Wire): void
  handleRowDescription(message: unknown): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, wire: Wire): void
}

const Statement = pg.Query as unknown as new (config: unknown, callback: Callback) => Statement

/**
 * A statement that sets its own timeouts. If the statement begins a transaction (implicitly or as BEGIN), a
 * `set_config` statement precedes it, in the same transaction and the same round trip. The timeouts hold in every
 * transaction and leave nothing in the session. That matters behind a pooler in transaction mode, where clients share
 * sessions, and PgBouncer rejects timeouts as connection parameters.
 *
 * Do not use it to set an isolation level: Postgres requires that to be the first statement of a transaction. Guarded
 * by test/integration/database-limits.test.ts.
 */
export class BoundedStatement extends Statement {
  readonly #client: Pick<pg.Client, 'getTransactionStatus'>
  readonly #setTimeouts: string
  /** True while the next response belongs to the `set_config` statement. */
  #awaitsTimeoutResponse = false

  constructor(
    client: Pick<pg.Client, 'getTransactionStatus'>,
    timeouts: StatementTimeouts,
    config: unknown,
    callback: Callback,
  ) {
    super(config, callback)
    this.#client = client
    this.#setTimeouts = setTimeoutsSql(timeouts)
  }

  override submit(wire: Wire): Error | null {
    this.#awaitsTimeoutResponse = this.#client.getTransactionStatus() === 'I'
    if (!this.#awaitsTimeoutResponse || this.requiresPreparation()) return super.submit(wire)
    wire.query(`${this.#setTimeouts}; ${this.text}`)
    return null
  }

  override prepare(wire: Wire): void {
    if (this.#awaitsTimeoutResponse) {
      wire.parse({ text: this.#setTimeouts })
      wire.bind({})
      wire.execute({})
    }
    super.prepare(wire)
  }

  override handleRowDescription(message: unknown): void {
    if (!this.#awaitsTimeoutResponse) super.handleRowDescription(message)
  }

  override handleDataRow(message: unknown): void {
    if (!this.#awaitsTimeoutResponse) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (!this.#awaitsTimeoutResponse) super.handleCommandComplete(message, wire)
    this.#awaitsTimeoutResponse = false
  }
}

const setTimeoutsSql = ({ statement, idleInTransaction }: StatementTimeouts) =>
  `select set_config('statement_timeout', '${statement}', true), set_config('idle_in_transaction_session_timeout', '${idleInTransaction}', true)`
