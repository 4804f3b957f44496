import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Trap, type TrapSettings } from '../faults/trap.ts'
import { TcpLink } from './tcp-link.ts'

type Mode = 'pass' | 'drop' | 'reset' | 'refuse'

/** TCP proxy in front of a server that simulates network faults. */
export class TcpProxy {
  readonly port: number
  /** Number of accepted connections. */
  connections = 0
  readonly #target: { host: string; port: number }
  readonly #links = new Set<TcpLink>()
  readonly #traps = new Set<Trap>()
  #server: Server
  #mode: Mode = 'pass'
  #latency = 0

  private constructor(target: { host: string; port: number }, server: Server) {
    this.#target = target
    this.#server = this.#serve(server)
    this.port = (server.address() as AddressInfo).port
  }

  static async open(port: number, host = '127.0.0.1'): Promise<TcpProxy> {
    return new TcpProxy({ host, port }, await listen(0))
  }

  /** Forwards all bytes again, including those held since `drop`. */
  async pass(): Promise<void> {
    if (this.#mode === 'refuse') this.#server = this.#serve(await listen(this.port))
    this.#mode = 'pass'
    for (const link of this.#links) link.resume()
  }

  /** Delays every chunk by this many milliseconds. 0 removes the delay. */
  latency(ms: number): void {
    this.#latency = ms
    for (const link of this.#links) link.latency = ms
  }

  /** Black hole: connections stay open, new ones are accepted, and no byte passes. */
  drop(): void {
    this.#mode = 'drop'
    for (const link of this.#links) link.hold()
  }

  /** Resets every open and every new connection. */
  reset(): void {
    this.#mode = 'reset'
    this.resetAll()
  }

  /** Resets every open connection. New ones work. */
  resetAll(): void {
    for (const link of this.#links) link.reset()
  }

  /** Closes the port: new connections are refused. */
  async refuse(): Promise<void> {
    this.#mode = 'refuse'
    this.resetAll()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** Sets a trap on every open and new connection. */
  trap(settings: TrapSettings): Trap {
    const trap = new Trap(settings)
    this.#traps.add(trap)
    for (const link of this.#links) link.watch(trap)
    return trap
  }

  async close(): Promise<void> {
    if (this.#mode !== 'refuse') await this.refuse()
  }

  #serve(server: Server): Server {
    return server.on('connection', (client) => this.#accept(client))
  }

  #accept(client: Socket): void {
    client.on('error', () => {})
    this.connections++
    if (this.#mode === 'reset') {
      client.resetAndDestroy()
      return
    }
    const link = new TcpLink(client, this.#target, [...this.#traps])
    link.latency = this.#latency
    if (this.#mode === 'drop') link.hold()
    this.#links.add(link)
    link.onClose(() => this.#links.delete(link))
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer({ noDelay: true, allowHalfOpen: true })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
