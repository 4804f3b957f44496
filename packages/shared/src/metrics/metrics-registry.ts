import { collectDefaultMetrics, Registry } from 'prom-client'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import type { MetricDefinition } from './metric.ts'

export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>

/** The metrics that a registry creates of a table, under the table's names. */
export type LiveMetrics<Definitions extends MetricDefinitions> = {
  readonly [Name in keyof Definitions]: ReturnType<Definitions[Name]['createIn']>
}

/** Milliseconds that one reading may take, and so a scrape, whatever has frozen: longer than the check of a part. */
const READ_TIMEOUT = 3000

/** The metrics of one API or one worker. Two registries in one process share nothing. */
export class MetricsRegistry {
  readonly #registry = new Registry()
  readonly #readings: (() => Promise<void>)[] = []
  readonly contentType: string = this.#registry.contentType

  /** Creates the metrics of a table. Call it once for each table. */
  create<Definitions extends MetricDefinitions>(
    definitions: Definitions,
  ): LiveMetrics<Definitions> {
    const metrics = Object.entries(definitions).map(([name, definition]) => [
      name,
      definition.createIn(this.#registry),
    ])
    return Object.fromEntries(metrics)
  }

  /** Adds prom-client's metrics of the Node process. Call it once. */
  addNodeMetrics(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  /**
   * Has something read each time that the metrics are asked for.
   * @param forget is called in place of `show` where it could not be read, or not in time; without it the last reading stays
   */
  onScrape<T>(
    what: string,
    read: () => Promise<T>,
    show: (reading: T) => void,
    forget: () => void = () => {},
  ): void {
    this.#readings.push(() => withTimeout(what, READ_TIMEOUT, read()).then(show, forget))
  }

  /** Every metric in Prometheus's text format. */
  async text(): Promise<string> {
    await Promise.all(this.#readings.map((read) => read()))
    return this.#registry.metrics()
  }
}
