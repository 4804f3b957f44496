import type { IncomingHttpHeaders } from 'node:http'
import type { Telemetry } from 'bullmq'

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** The current span. Attributes follow the rule of log lines: no e-mail address, no token, no byte of an upload. */
export interface Span {
  rename(name: string): void
  setAttributes(attributes: Attributes): void
  /** Marks the span as an error of the service. A rejected picture is not such an error. */
  fail(error: unknown): void
}

/** Tracing of one process. `traced.ts` creates spans from the calls of an adapter. */
export interface Tracing {
  /** Options for BullMQ's queues and workers. They propagate the trace from the request to the job. */
  readonly queue: { readonly telemetry?: Telemetry }
  /** Returns additional members of each log line. */
  readonly logMembers?: () => object
  /** Runs `work` in a child span of the current span. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>
  /**
   * Runs `work` in the span of an incoming HTTP request. The span is a child of the span of an HTTP instrumentation, if
   * there is one.
   * @param headers request headers. W3C Trace Context in them is trusted.
   */
  request<T>(name: string, headers: IncomingHttpHeaders, work: () => Promise<T>): Promise<T>
  /** Returns the current span. */
  current(): Span
  /** Exports the spans that the SDK has buffered. */
  flush(): Promise<void>
}

const noopSpan: Span = { rename() {}, setAttributes() {}, fail() {} }

/** Tracing that is off. */
export const untraced: Tracing = {
  queue: {},
  span: (_, work) => work(),
  request: (_name, _headers, work) => work(),
  current: () => noopSpan,
  flush: async () => {},
}
