import { type Context, context, INVALID_SPAN_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import type { Telemetry } from 'bullmq'
import { BullMQOTelSpan, BullMQOtel } from 'bullmq-otel'

const unrecorded = new BullMQOTelSpan(trace.wrapSpanContext(INVALID_SPAN_CONTEXT))

/**
 * Returns BullMQ's telemetry without housekeeping spans. BullMQ also creates a span for every check for stalled jobs;
 * each would be a separate trace, every few seconds. Only spans of a request or a job are recorded.
 */
export function queueTelemetry(): Telemetry<Context> {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: 'visage.queue' })
  const isHousekeeping = (kind: SpanKind | undefined, parent = context.active()) =>
    kind === SpanKind.INTERNAL && trace.getSpan(parent) === undefined
  return {
    contextManager,
    tracer: {
      startSpan: (name, options, parent) =>
        isHousekeeping(options?.kind, parent)
          ? unrecorded
          : tracer.startSpan(name, options, parent),
    },
  }
}
