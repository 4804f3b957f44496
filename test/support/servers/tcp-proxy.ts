import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Trap, type TrapSettings } from '../faults/trap.ts'
import { TcpLink } from './tcp-link.ts'

type Mode = 'pass' | 'drop' | 'reset' | 'refuse'

/** Stands in front of a server, on a port of its own, and does to its connections what networks do. */
export class TcpProxy {
  readonly port: number
  /** How many connections have been made to it, refused ones left out. */
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

  /** All goes through, what was dropped since `drop` included. */
  async pass(): Promise<void> {
    if (this.#mode === 'refuse') this.#server = this.#serve(await listen(this.port))
    this.#mode = 'pass'
    for (const link of this.#links) link.resume()
  }

  /** Every chunk is this many milliseconds late; 0 ends it. */
  latency(ms: number): void {
    this.#latency = ms
    for (const link of this.#links) link.latency = ms
  }

  /** A black hole: connections stay, new ones are made, and nothing goes through. */
  drop(): void {
    this.#mode = 'drop'
    for (const link of this.#links) link.hold()
  }

  /** Resets every connection, and each new one. */
  reset(): void {
    this.#mode = 'reset'
    this.resetAll()
  }

  /** Resets every connection there is; new ones are as before. */
  resetAll(): void {
    for (const link of this.#links) link.reset()
  }

  /** Nobody listens here any more. */
  async refuse(): Promise<void> {
    this.#mode = 'refuse'
    this.resetAll()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** Lies in wait on every connection, old and new. */
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
