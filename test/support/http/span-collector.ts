import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

type Value = string | number | boolean | undefined

/** Finished span as an SDK sent it. */
export interface SentSpan {
  readonly service: Value
  readonly trace: string
  readonly id: string
  /** ID of the parent span, or an empty string. */
  readonly parent: string
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  readonly attributes: Readonly<Record<string, Value>>
  readonly failed: boolean
  /** Messages of the recorded exceptions. */
  readonly exceptions: readonly Value[]
}

interface OtlpAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, Value>>
}

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: readonly OtlpAttribute[]
  readonly events: readonly { name: string; attributes: readonly OtlpAttribute[] }[]
  readonly status: { readonly code?: number }
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[]
  }[]
}

/** Span kinds of OTLP, numbered from 1. Status code 2 is an error. */
const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const
const ERROR = 2

/** Collector that receives spans by OTLP over HTTP in JSON and stores them. */
export class SpanCollector {
  readonly spans: SentSpan[] = []
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly #server: Server

  private constructor() {
    this.#server = createServer(async (request, response) => {
      this.spans.push(...toSpans((await json(request)) as OtlpRequest))
      response.setHeader('Content-Type', 'application/json').end('{}')
      this.#events.emit('spans')
    })
  }

  static async open(): Promise<SpanCollector> {
    const collector = new SpanCollector()
    await once(collector.#server.listen(0, '127.0.0.1'), 'listening')
    return collector
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves with the first span that matches, once it arrives. */
  async span(isSo: (span: SentSpan) => boolean): Promise<SentSpan> {
    for (;;) {
      const found = this.spans.find(isSo)
      if (found) return found
      await once(this.#events, 'spans')
    }
  }

  traceOf({ trace }: SentSpan): SentSpan[] {
    return this.spans.filter((span) => span.trace === trace)
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

/** Formats the spans as a tree of names. Siblings are in alphabetical order. */
export function treeOf(spans: readonly SentSpan[], parent = '', depth = 0): string[] {
  const names = spans
    .filter((span) => span.parent === parent)
    .map((span) => [
      `${'  '.repeat(depth)}${span.service}: ${span.name}`,
      ...treeOf(spans, span.id, depth + 1),
    ])
  return names.sort().flat()
}

function toSpans({ resourceSpans }: OtlpRequest): SentSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = toRecord(resource.attributes)['service.name']
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => toSpan(span, service)))
  })
}

function toSpan(span: OtlpSpan, service: Value): SentSpan {
  const exceptions = span.events.filter(({ name }) => name === 'exception')
  return {
    service,
    trace: span.traceId,
    id: span.spanId,
    parent: span.parentSpanId ?? '',
    name: span.name,
    kind: KINDS[span.kind - 1] ?? 'internal',
    attributes: toRecord(span.attributes),
    failed: span.status.code === ERROR,
    exceptions: exceptions.map(({ attributes }) => toRecord(attributes)['exception.message']),
  }
}

function toRecord(attributes: readonly OtlpAttribute[]): Record<string, Value> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
