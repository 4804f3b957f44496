import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds between two readiness checks of a backend. */
export const CHECK_EVERY = 100

/** Ports of an API. */
export interface Address {
  readonly http: number
  readonly ops: number
}

interface Backend {
  readonly port: number
  /** Agent with keep-alive connections, as in real load balancers. */
  readonly agent: Agent
  readonly checking: AbortController
  ready: boolean
}

/**
 * HTTP load balancer. It checks `/readyz` of every backend each `CHECK_EVERY` and sends each request once, round robin,
 * to a backend whose last check succeeded.
 */
export class Balancer {
  readonly #backends = new Map<number, Backend>()
  readonly #server = createServer((incoming, response) => this.#forward(incoming, response))
  #turn = 0

  static async open(): Promise<Balancer> {
    const balancer = new Balancer()
    await once(balancer.#server.listen(0, '127.0.0.1'), 'listening')
    return balancer
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  add({ http: port, ops }: Address): void {
    const agent = new Agent({ keepAlive: true })
    const backend = { port, agent, checking: new AbortController(), ready: false }
    this.#backends.set(port, backend)
    void check(backend, ops)
  }

  remove({ http: port }: Address): void {
    const backend = this.#backends.get(port)
    this.#backends.delete(port)
    backend?.checking.abort()
    backend?.agent.destroy()
  }

  async close(): Promise<void> {
    for (const port of this.#backends.keys()) this.remove({ http: port, ops: 0 })
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const ready = [...this.#backends.values()].filter((backend) => backend.ready)
    const backend = ready[this.#turn++ % ready.length]
    if (backend) forward(incoming, response, backend)
    else refuse(response, 503)
  }
}

function forward(incoming: IncomingMessage, response: ServerResponse, backend: Backend): void {
  const { method, url, headers } = incoming
  const { port, agent } = backend
  const onward = request({ host: '127.0.0.1', port, agent, method, path: url, headers })
  onward.once('response', (answer) => {
    const { connection: _, ...rest } = answer.headers
    response.writeHead(answer.statusCode ?? 502, rest)
    pipeline(answer, response, () => {})
  })
  onward.once('error', () => refuse(response, 502))
  pipeline(incoming, onward, () => {})
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, { 'Content-Length': 0 }).end()
}

async function check(backend: Backend, ops: number): Promise<void> {
  const { signal } = backend.checking
  while (!signal.aborted) {
    const answer = await fetch(`http://127.0.0.1:${ops}/readyz`, { signal }).catch(() => undefined)
    backend.ready = answer?.status === 200
    await answer?.body?.cancel()
    await delay(CHECK_EVERY, undefined, { signal }).catch(() => {})
  }
}
