import type { IncomingHttpHeaders } from 'node:http'
import type { Telemetry } from 'bullmq'

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** A span that runs. Attributes hold no more than log lines do: no address, no token, no byte of an upload. */
export interface Span {
  rename(name: string): void
  note(attributes: Attributes): void
  /** Trouble of ours, which makes the span an error. A picture that is rejected is none. */
  fail(error: unknown): void
}

/** The spans of a process. `traced` beside this file makes them of an adapter's calls. */
export interface Tracing {
  /** Options of BullMQ's queues and workers, which carry the trace from the request to the job. */
  readonly queue: { readonly telemetry?: Telemetry }
  /** What each log line holds besides; absent: nothing. */
  readonly logMembers?: () => object
  /** Does the work in a span below the current one. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>
  /**
   * The same for a request that came from outside. Where an instrumentation of HTTP has made a span of it
   * already, this one is below that.
   * @param headers in which W3C Trace Context is believed
   */
  request<T>(name: string, headers: IncomingHttpHeaders, work: () => Promise<T>): Promise<T>
  /** The span that runs here and now. */
  current(): Span
  /** Has the SDK send what it still holds. */
  flush(): Promise<void>
}

const nothing: Span = { rename() {}, note() {}, fail() {} }

/** No tracing: a call is a call. */
export const untraced: Tracing = {
  queue: {},
  span: (_, work) => work(),
  request: (_name, _headers, work) => work(),
  current: () => nothing,
  flush: async () => {},
}
