import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Pair } from './keys.ts'

export type Jwk = Readonly<Record<string, unknown>>
type Answer = (res: ServerResponse, req: IncomingMessage) => void

/** JSON Web Key as providers publish it. */
export const jwkOf = ({ publicKey }: Pair, kid: string, more: Jwk = {}): Jwk => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  ...more,
})

/** Key provider on loopback whose answers a test can change. */
export class KeyProvider {
  /** Number of requests. */
  asked = 0
  #answer: Answer = (res) => res.destroy()
  readonly #server = createServer((req, res) => {
    this.asked++
    this.#answer(res, req)
  })

  static async start(): Promise<KeyProvider> {
    const provider = new KeyProvider()
    await once(provider.#server.listen(0, '127.0.0.1'), 'listening')
    return provider
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`
  }

  /** Resolves once every earlier request is received and counted. */
  async quiet(): Promise<void> {
    await (await fetch(this.url)).arrayBuffer()
    this.asked--
  }

  publish(...keys: Jwk[]): void {
    this.say(JSON.stringify({ keys }))
  }

  say(
    body: string | Uint8Array,
    status = 200,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.answerBy((res) => res.writeHead(status, headers).end(body))
  }

  answerBy(answer: Answer): void {
    this.#answer = answer
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
