import type { IncomingHttpHeaders } from 'node:http'
import {
  type Context,
  context,
  isSpanContextValid,
  type Span as OtelSpan,
  type ProxyTracerProvider,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { Rejection } from '../errors/app-error.ts'
import { StartError } from '../lifecycle/start-error.ts'
import { withTimeout } from '../lifecycle/with-timeout.ts'
import { queueTelemetry } from './queue-telemetry.ts'
import type { Span, Tracing } from './tracing.ts'

/** Maximum milliseconds that a stopping process waits for the SDK to export its last spans. */
const FLUSH_TIMEOUT = 2000

const tracer = trace.getTracer('visage')

/**
 * Returns tracing with OpenTelemetry.
 * @throws StartError if no SDK is registered, because no span would be exported
 */
export function openTelemetry(): Tracing {
  requireSdk()
  return { queue: { telemetry: queueTelemetry() }, logMembers, span, request, current, flush }
}

/** Detects an SDK by its spans: they have a valid context, even if not sampled. Spans without an SDK have none. */
function requireSdk(): void {
  if (isSpanContextValid(tracer.startSpan('start').spanContext())) return
  throw new StartError(
    'TRACING is true, but no OpenTelemetry SDK is registered. Start with node --import <file that registers an SDK>, or set TRACING to false.',
  )
}

function span<T>(name: string, work: () => Promise<T>): Promise<T> {
  return run(name, SpanKind.INTERNAL, context.active(), work)
}

function request<T>(
  name: string,
  headers: IncomingHttpHeaders,
  work: () => Promise<T>,
): Promise<T> {
  const parent = context.active()
  if (trace.getSpan(parent)) return run(name, SpanKind.INTERNAL, parent, work)
  return run(name, SpanKind.SERVER, propagation.extract(parent, headers), work)
}

async function run<T>(
  name: string,
  kind: SpanKind,
  parent: Context,
  work: () => Promise<T>,
): Promise<T> {
  const started = tracer.startSpan(name, { kind }, parent)
  try {
    return await context.with(trace.setSpan(parent, started), work)
  } catch (error) {
    if (error instanceof Rejection) started.setAttribute('rejected', error.reason)
    else toSpan(started).fail(error)
    throw error
  } finally {
    started.end()
  }
}

function current(): Span {
  return toSpan(trace.getActiveSpan())
}

function toSpan(span: OtelSpan | undefined): Span {
  return {
    rename: (name) => span?.updateName(name),
    setAttributes: (attributes) => span?.setAttributes(attributes),
    fail: (error) => {
      span?.recordException(rootCause(error))
      span?.setStatus({ code: SpanStatusCode.ERROR, message: rootCause(error).message })
    },
  }
}

/** Returns the innermost cause. An AppError's own message is for clients; the cause has the detail for a trace. */
function rootCause(error: unknown): Error {
  const cause = (error as Partial<Error> | undefined)?.cause
  if (cause instanceof Error) return rootCause(cause)
  return error instanceof Error ? error : new Error(String(error))
}

function logMembers(): object {
  const current = trace.getActiveSpan()?.spanContext()
  return current ? { trace_id: current.traceId, span_id: current.spanId } : {}
}

interface Flushable extends TracerProvider {
  forceFlush?(): Promise<void>
}

/** Flushes the SDK's provider. OpenTelemetry's API has no flush, but the providers of SDKs have `forceFlush`. */
async function flush(): Promise<void> {
  const provider = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate() as Flushable
  await withTimeout('flushing spans', FLUSH_TIMEOUT, Promise.resolve(provider.forceFlush?.()))
}
