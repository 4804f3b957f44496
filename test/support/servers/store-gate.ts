import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { handOn } from '../http/hand-on.ts'

/** Answer of the gate instead of the store. */
export interface OwnAnswer {
  readonly status: number
  readonly body: string
}

/** Proxy in front of an object store. It records requests, and can hold or answer them. */
export class StoreGate {
  /** Requests in the form `GET /bucket/key`. */
  readonly requests: string[] = []
  /** URL of the gate. */
  readonly endpoint: string
  /** Answers instead of the store, by `GET /bucket?query`. */
  readonly answers = new Map<string, OwnAnswer>()
  #arrived: (() => void) | undefined
  #open: Promise<void> = Promise.resolve()
  readonly #store: URL
  readonly #server

  private constructor(store: URL, server: ReturnType<typeof createServer>, protocol: string) {
    this.#store = store
    this.#server = server.on('request', (incoming, response) => this.#serve(incoming, response))
    this.endpoint = `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** @param tls certificate and key. Without them the gate uses plain http */
  static async open(endpoint: string, tls?: ServerOptions): Promise<StoreGate> {
    const server = tls ? createTlsServer(tls) : createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return new StoreGate(new URL(endpoint), server, tls ? 'https' : 'http')
  }

  /** Holds every request from now on. @returns a promise of the first held request, and a function that opens the gate */
  shut(): { readonly arrived: Promise<void>; readonly open: () => void } {
    let open = () => {}
    this.#open = new Promise((resolve) => {
      open = resolve
    })
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve
    })
    return { arrived, open }
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${incoming.method} ${incoming.url}`)
    this.#arrived?.()
    await this.#open
    const own = this.answers.get(`${incoming.method} ${incoming.url}`)
    if (own) response.writeHead(own.status).end(own.body)
    else handOn(this.#store, incoming, response)
  }
}
