import type { Environment } from '../world/use-world.ts'
import type { SpanCollector } from './span-collector.ts'

/** The file that docs/operations.md has operators start with. */
const sdk = new URL('../../../docs/tracing.mjs', import.meta.url)

/** A process that is traced to this collector, as docs/operations.md has it. */
export function tracingTo(collector: SpanCollector, service: string): Environment {
  return {
    TRACING: 'true',
    NODE_OPTIONS: `--import ${sdk}`,
    OTEL_SERVICE_NAME: service,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
}
