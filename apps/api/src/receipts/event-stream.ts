import type { ServerResponse } from 'node:http'
import type { Context } from 'koa'

export const EVENT_STREAM = 'text/event-stream'

/** Milliseconds that a client waits before it reconnects. */
const RETRY_DELAY = 2000

/** Bytes buffered for a client that reads too slowly. Above this limit, the connection is closed. */
const MAX_BUFFERED_BYTES = 16 * 1024

export interface ServerEvent {
  readonly event: string
  /** Sent back by a reconnecting client as `Last-Event-ID`. */
  readonly id: string
  /** Sent as JSON. */
  readonly data: unknown
}

/**
 * A response that streams server-sent events (HTML Living Standard, section 9.2). Its connection closes with the
 * response, so that a stopping process has no idle connection to wait for.
 */
export class EventStream {
  readonly #response: ServerResponse

  /** @param heartbeat milliseconds between two comments, which keep proxies from closing the connection */
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
    this.#write(`retry: ${RETRY_DELAY}\n\n`)
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
