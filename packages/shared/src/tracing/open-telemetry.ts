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

/** Milliseconds that a stop waits for the SDK to send its last spans. */
const FLUSH = 2000

const tracer = trace.getTracer('visage')

/** @throws StartError where no SDK is registered: every span would be made for nobody */
export function openTelemetry(): Tracing {
  requireSdk()
  return { queue: { telemetry: queueTelemetry() }, logMembers, span, request, current, flush }
}

/** The API's own spans have no valid context; those of an SDK do, though they may not be sampled. */
function requireSdk(): void {
  if (isSpanContextValid(tracer.startSpan('start').spanContext())) return
  throw new StartError(
    'TRACING is true, but no OpenTelemetry SDK is registered: start with node --import <a file that registers one>, or set TRACING to false',
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
  const above = context.active()
  if (trace.getSpan(above)) return run(name, SpanKind.INTERNAL, above, work)
  return run(name, SpanKind.SERVER, propagation.extract(above, headers), work)
}

async function run<T>(
  name: string,
  kind: SpanKind,
  parent: Context,
  work: () => Promise<T>,
): Promise<T> {
  const made = tracer.startSpan(name, { kind }, parent)
  try {
    return await context.with(trace.setSpan(parent, made), work)
  } catch (error) {
    if (error instanceof Rejection) made.setAttribute('rejected', error.reason)
    else ours(made).fail(error)
    throw error
  } finally {
    made.end()
  }
}

function current(): Span {
  return ours(trace.getActiveSpan())
}

function ours(span: OtelSpan | undefined): Span {
  return {
    rename: (name) => span?.updateName(name),
    note: (attributes) => span?.setAttributes(attributes),
    fail: (error) => {
      span?.recordException(causeOf(error))
      span?.setStatus({ code: SpanStatusCode.ERROR, message: causeOf(error).message })
    },
  }
}

/** Our words are for clients; the error of the server behind them says more to whoever reads a trace. */
function causeOf(error: unknown): Error {
  const cause = (error as Partial<Error> | undefined)?.cause
  if (cause instanceof Error) return causeOf(cause)
  return error instanceof Error ? error : new Error(String(error))
}

function logMembers(): object {
  const current = trace.getActiveSpan()?.spanContext()
  return current ? { trace_id: current.traceId, span_id: current.spanId } : {}
}

interface Flushable extends TracerProvider {
  forceFlush?(): Promise<void>
}

/** The API knows no flush; the providers of SDKs have one. */
async function flush(): Promise<void> {
  const provider = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate() as Flushable
  await withTimeout('sending the last spans', FLUSH, Promise.resolve(provider.forceFlush?.()))
}
