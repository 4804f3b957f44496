import { Counter, Registry } from 'prom-client'

/** The one home of the metrics library. No label takes a value that a client chooses. */
export const registry = new Registry()

function counter<Label extends string>(name: string, help: string, ...labelNames: Label[]) {
  return new Counter({ name: `visage_${name}`, help, labelNames, registers: [registry] })
}

export const metrics = {
  acceptedWithoutQueue: counter(
    'accepted_without_queue_total',
    'Uploads that the sweep has to queue',
  ),
  refusedOverload: counter('refused_overload_total', 'Requests refused because of bytes in flight'),
  refusedListeners: counter('refused_listeners_total', 'Waits for an upload that found no room'),
  refusedRate: counter('refused_rate_total', 'Requests refused as too many, by limit', 'limit'),
  countedAlone: counter(
    'counted_alone_total',
    'Requests whose rate was counted in this process only, for want of Redis',
  ),
  outcomes: counter('outcomes_total', 'Uploads that ended, by outcome', 'outcome'),
  missingObjects: counter(
    'missing_objects_total',
    'Pictures that could not be shown because an object that their row names is missing',
  ),
  attemptsFailed: counter('attempts_failed_total', 'Attempts that failed and are made again'),
  announcements: counter(
    'announcements_total',
    'Attempts to tell the webhook of a change, by outcome',
    'outcome',
  ),
  audit: counter('audit_total', 'What the audit found that does not agree', 'finding'),
  sweep: counter('sweep_total', 'Raw objects that the sweep looked at, by decision', 'decision'),
}

/** Every metric of this process in Prometheus's text format. */
export const metricsText = () => registry.metrics()
