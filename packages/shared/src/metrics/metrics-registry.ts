import { collectDefaultMetrics, Registry } from 'prom-client'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import type { MetricDefinition } from './metric.ts'

export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>

/** The metrics that a registry creates from a table of definitions, under the same keys. */
export type LiveMetrics<Definitions extends MetricDefinitions> = {
  readonly [Name in keyof Definitions]: ReturnType<Definitions[Name]['createIn']>
}

/** Maximum milliseconds of one reading, and so of a scrape. Must exceed the timeout of a dependency check (2000 ms). */
const READ_TIMEOUT = 3000

/** The metrics of one API or one worker. Registries in one process are independent. */
export class MetricsRegistry {
  readonly #registry = new Registry()
  readonly #readings: (() => Promise<void>)[] = []
  readonly contentType: string = this.#registry.contentType

  /** Creates the metrics of a table of definitions. Call it once for each table. */
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
   * Runs `read` at every scrape and passes its result to `show`.
   * @param operation names the reading in the error's message after a timeout
   * @param clear runs instead of `show` if the reading fails or exceeds its timeout. Default: the last value remains.
   */
  onScrape<T>(
    operation: string,
    read: () => Promise<T>,
    show: (reading: T) => void,
    clear: () => void = () => {},
  ): void {
    this.#readings.push(() => withTimeout(operation, READ_TIMEOUT, read()).then(show, clear))
  }

  /** Returns every metric in Prometheus's text format. */
  async text(): Promise<string> {
    await Promise.all(this.#readings.map((read) => read()))
    return this.#registry.metrics()
  }
}
