import { within } from '../lifecycle/deadline.ts'
import { registry } from './registry.ts'

/** Milliseconds that one reading may take, and so a scrape, whatever has frozen: longer than the check of a part. */
const READ_TIMEOUT = 3000

const readings: (() => Promise<void>)[] = []

/**
 * Has something read each time that the metrics are asked for.
 * @param forget is called in place of `show` where it could not be read, or not in time; without it the last reading stays
 */
export function onScrape<T>(
  what: string,
  read: () => Promise<T>,
  show: (reading: T) => void,
  forget: () => void = () => {},
): void {
  readings.push(() => within(what, READ_TIMEOUT, read()).then(show, forget))
}

export const METRICS_TYPE = registry.contentType

/** Every metric of this process in Prometheus's text format. */
export async function metricsText(): Promise<string> {
  await Promise.all(readings.map((read) => read()))
  return registry.metrics()
}
