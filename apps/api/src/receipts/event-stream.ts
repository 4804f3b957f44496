import type { ServerResponse } from 'node:http'
import type { Context } from 'koa'

export const EVENT_STREAM = 'text/event-stream'

/** Milliseconds after which a client whose connection broke connects again. */
const RETRY = 2000

/** Bytes that may wait for a client that does not read; past it the connection is closed. */
const MAX_BUFFERED_BYTES = 16 * 1024

export interface ServerEvent {
  readonly event: string
  /** What the client sends as `Last-Event-ID` when it comes back. */
  readonly id: string
  /** Sent as JSON. */
  readonly data: unknown
}

/**
 * An answer of server-sent events (HTML Living Standard, section 9.2), written as they come. Its
 * connection ends with it, so that a stop waits for none.
 */
export class EventStream {
  readonly #response: ServerResponse

  /** @param heartbeat milliseconds between two comments that keep proxies from closing it */
  constructor(ctx: Context, heartbeat: number) {
    const { res } = ctx
    this.#response = res
    ctx.respond = false
    ctx.status = 200
    ctx.type = EVENT_STREAM
    ctx.set({ 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
    res.shouldKeepAlive = false
    const timer = setInterval(() => this.#write(':\n\n'), heartbeat)
    res.once('close', () => clearInterval(timer))
    this.#write(`retry: ${RETRY}\n\n`)
  }

  send({ event, id, data }: ServerEvent): void {
    this.#write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  end(): void {
    this.#response.end()
  }

  #write(text: string): void {
    const response = this.#response
    if (response.destroyed || response.writableEnded) return
    response.write(text)
    if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy()
  }
}
