import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (res: ServerResponse, req: IncomingMessage) => void

/** Starts a third-party server, such as Gravatar, on loopback. The test decides its answers. */
export class LoopbackServer {
  readonly requests: IncomingMessage[] = []
  answer: Answer = (res) => res.writeHead(404).end()
  origin = ''
  readonly #server: Server

  private constructor() {
    this.#server = createServer((req, res) => {
      this.requests.push(req)
      this.answer(res, req)
    })
  }

  static async start(): Promise<LoopbackServer> {
    const server = new LoopbackServer()
    await once(server.#server.listen(0, '127.0.0.1'), 'listening')
    server.origin = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`
    return server
  }

  show(bytes: Uint8Array, type = 'image/png'): void {
    this.answer = (res) => res.writeHead(200, { 'Content-Type': type }).end(bytes)
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
