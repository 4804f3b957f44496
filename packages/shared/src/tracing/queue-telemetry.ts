import { type Context, context, INVALID_SPAN_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import type { Telemetry } from 'bullmq'
import { BullMQOTelSpan, BullMQOtel } from 'bullmq-otel'

const unrecorded = new BullMQOTelSpan(trace.wrapSpanContext(INVALID_SPAN_CONTEXT))

/**
 * BullMQ's spans, where they belong to a request or a job. It makes one of every check for stalled jobs as
 * well: each would be a trace of its own, every few seconds, for ever.
 */
export function queueTelemetry(): Telemetry<Context> {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: 'visage.queue' })
  const isHousekeeping = (kind: SpanKind | undefined, above = context.active()) =>
    kind === SpanKind.INTERNAL && trace.getSpan(above) === undefined
  return {
    contextManager,
    tracer: {
      startSpan: (name, options, above) =>
        isHousekeeping(options?.kind, above) ? unrecorded : tracer.startSpan(name, options, above),
    },
  }
}
