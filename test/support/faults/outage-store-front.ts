import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { handOn } from '../http/hand-on.ts'

/** Requests that the front refuses, and the status of its answer. */
export interface Refusal {
  readonly status: number
  /** Method of the refused requests. Default: all. */
  readonly method?: string
}

/** HTTP proxy in front of an object store. It forwards requests or refuses them. */
export class StoreFront {
  #refusal: Refusal | undefined
  readonly #store: number
  readonly #server: Server

  private constructor(store: number) {
    this.#store = store
    this.#server = createServer((incoming, response) => this.#serve(incoming, response))
  }

  /** @param store port of the object store */
  static async open(store: number): Promise<StoreFront> {
    const front = new StoreFront(store)
    front.#server.listen(0, '127.0.0.1')
    await once(front.#server, 'listening')
    return front
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  refuse(refusal: Refusal): void {
    this.#refusal = refusal
  }

  pass(): void {
    this.#refusal = undefined
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #serve(incoming: IncomingMessage, response: ServerResponse): void {
    const { status, method = incoming.method } = this.#refusal ?? {}
    if (status === undefined || method !== incoming.method)
      handOn({ hostname: '127.0.0.1', port: this.#store }, incoming, response)
    else this.#answer(status, incoming, response)
  }

  #answer(status: number, incoming: IncomingMessage, response: ServerResponse): void {
    incoming.resume().once('end', () => {
      response.writeHead(status, { 'Content-Type': 'application/xml' })
      response.end('<Error><Code>SlowDown</Code><Message>Please reduce your rate</Message></Error>')
    })
  }
}
