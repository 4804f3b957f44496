import pg from 'pg'

/** Milliseconds, as the server counts them. */
export interface StatementTimeouts {
  readonly statement: number
  readonly idleInTransaction: number
}

export type Callback = (error: Error | undefined, response?: unknown) => void

/** What pg has of a connection, apart from the client on top of it. */
interface Wire {
  query(text: string): void
  parse(statement: { text: string }): void
  bind(portal: object): void
  execute(portal: object): void
}

/** What pg 8.23 has of a statement, and its types leave out. */
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
 * A statement that brings its limits along: one that begins a transaction, alone or as its BEGIN, is sent with
 * another ahead of it that sets them, both in one transaction and one round trip. So they hold wherever a
 * transaction is carried out, and leave nothing in the session: behind a pooler in transaction mode sessions
 * are nobody's own, and PgBouncer refuses limits as parameters of the connection. Not for an isolation level
 * of one's own, which must come before any other statement. Guarded by test/integration/database-limits.test.ts.
 */
export class BoundedStatement extends Statement {
  readonly #client: Pick<pg.Client, 'getTransactionStatus'>
  readonly #limits: string
  /** Whether what comes next is the answer to the statement ahead. */
  #ahead = false

  constructor(
    client: Pick<pg.Client, 'getTransactionStatus'>,
    limits: StatementTimeouts,
    config: unknown,
    callback: Callback,
  ) {
    super(config, callback)
    this.#client = client
    this.#limits = settingLimits(limits)
  }

  override submit(wire: Wire): Error | null {
    this.#ahead = this.#client.getTransactionStatus() === 'I'
    if (!this.#ahead || this.requiresPreparation()) return super.submit(wire)
    wire.query(`${this.#limits}; ${this.text}`)
    return null
  }

  override prepare(wire: Wire): void {
    if (this.#ahead) {
      wire.parse({ text: this.#limits })
      wire.bind({})
      wire.execute({})
    }
    super.prepare(wire)
  }

  override handleRowDescription(message: unknown): void {
    if (!this.#ahead) super.handleRowDescription(message)
  }

  override handleDataRow(message: unknown): void {
    if (!this.#ahead) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (!this.#ahead) super.handleCommandComplete(message, wire)
    this.#ahead = false
  }
}

const settingLimits = ({ statement, idleInTransaction }: StatementTimeouts) =>
  `select set_config('statement_timeout', '${statement}', true), set_config('idle_in_transaction_session_timeout', '${idleInTransaction}', true)`
