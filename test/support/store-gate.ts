import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands in front of an object store, counts what it is asked, and can hold a request up. */
export class StoreGate {
  /** What has come, as `GET /bucket/key`. */
  readonly requests: string[] = []
  #arrived: (() => void) | undefined
  #open: Promise<void> = Promise.resolve()
  readonly #server: Server

  private constructor(store: URL) {
    this.#server = createServer(async (incoming, response) => {
      const { method, url, headers } = incoming
      this.requests.push(`${method} ${url}`)
      this.#arrived?.()
      await this.#open
      const onward = request({ host: store.hostname, port: store.port, method, path: url, headers })
      onward.once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        answer.pipe(response)
      })
      onward.once('error', () => response.destroy())
      incoming.pipe(onward)
    })
  }

  static async open(endpoint: string): Promise<StoreGate> {
    const gate = new StoreGate(new URL(endpoint))
    await once(gate.#server.listen(0, '127.0.0.1'), 'listening')
    return gate
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Lets nothing pass from now on. @returns when something stands before it, and how it is opened */
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
}
