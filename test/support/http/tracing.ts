import type { Environment } from '../world/use-world.ts'
import type { SpanCollector } from './span-collector.ts'

/** Module that docs/operations.md tells operators to preload. */
const sdk = new URL('../../../docs/tracing.mjs', import.meta.url)

/** Returns the environment of a process that is traced to this collector, as in docs/operations.md. */
export function tracingTo(collector: SpanCollector, service: string): Environment {
  return {
    TRACING: 'true',
    NODE_OPTIONS: `--import ${sdk}`,
    OTEL_SERVICE_NAME: service,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
}
