import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Scanner, type Side, type Trap } from '../faults/trap.ts'

const other = { client: 'server', server: 'client' } as const

/** Connection through a proxy. */
export class TcpLink {
  /** Delay of each chunk in milliseconds. */
  latency = 0
  readonly #sockets: Readonly<Record<Side, Socket>>
  readonly #scanners: Record<Side, Scanner[]> = { client: [], server: [] }
  readonly #order: Record<Side, Promise<unknown>> = {
    client: Promise.resolve(),
    server: Promise.resolve(),
  }
  #gate: Promise<void> | undefined
  #openGate: () => void = () => {}
  #trapped = false
  #muted = false

  constructor(client: Socket, target: { host: string; port: number }, traps: readonly Trap[]) {
    const server = connect({ ...target, noDelay: true, allowHalfOpen: true })
    this.#sockets = { client, server }
    for (const trap of traps) this.watch(trap)
    this.#forward('client')
    this.#forward('server')
  }

  onClose(listener: () => void): void {
    this.#sockets.client.once('close', listener)
  }

  watch(trap: Trap): void {
    this.#scanners[trap.settings.from].push(new Scanner(trap))
  }

  /** Holds all bytes in both directions without losing any. */
  hold(): void {
    this.#gate ??= new Promise((resolve) => {
      this.#openGate = resolve
    })
  }

  resume(): void {
    this.#gate = undefined
    this.#trapped = false
    this.#openGate()
  }

  reset(): void {
    for (const socket of Object.values(this.#sockets)) socket.resetAndDestroy()
    this.resume()
  }

  #forward(from: Side): void {
    const source = this.#sockets[from]
    const sink = this.#sockets[other[from]]
    source.on('error', () => {})
    source.on('data', (chunk) => this.#inOrder(from, () => this.#deliver(from, chunk)))
    source.on('end', () => this.#ending(from, () => sink.end()))
    source.on('close', () => this.#ending(from, () => sink.destroy()))
  }

  #inOrder(from: Side, work: () => unknown): void {
    this.#order[from] = this.#order[from].then(() => this.#gate).then(work)
  }

  /** Forwards the end of a held connection, so that a killed process still closes it. */
  #ending(from: Side, end: () => void): void {
    if (this.#trapped) end()
    else this.#inOrder(from, end)
  }

  async #deliver(from: Side, chunk: Buffer): Promise<void> {
    if (this.latency > 0) await delay(this.latency)
    const { trap, cut } = this.#firstCut(from, chunk) ?? { cut: chunk.length }
    await this.#write(other[from], chunk.subarray(0, cut))
    if (!trap) return
    this.#spring(trap)
    await this.#gate
    await this.#write(other[from], chunk.subarray(cut))
  }

  #firstCut(from: Side, chunk: Buffer): { trap: Trap; cut: number } | undefined {
    for (const scanner of this.#scanners[from]) {
      const cut = scanner.cut(chunk)
      if (cut !== undefined) return { trap: scanner.trap, cut }
    }
    return undefined
  }

  #spring(trap: Trap): void {
    const { effect } = trap.settings
    if (effect === 'hold') {
      this.hold()
      this.#trapped = true
    }
    if (effect === 'mute') this.#muted = true
    if (effect === 'reset') this.reset()
    trap.spring(() => this.resume())
  }

  #write(to: Side, bytes: Buffer): Promise<void> {
    const socket = this.#sockets[to]
    if (bytes.length === 0 || !socket.writable) return Promise.resolve()
    if (to === 'client' && this.#muted) return Promise.resolve()
    return new Promise((resolve) => socket.write(bytes, () => resolve()))
  }
}
