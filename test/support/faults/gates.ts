import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { Hold, matches, type VisitFilter } from './hold.ts'
import type { Question, Reply, Visit, VisitHook } from './visits.ts'

/**
 * The test's side of the control socket. A visit continues at once unless a hold matches it. The oldest matching hold
 * applies. `visits` records every visit, oldest first.
 */
export class Gates {
  readonly visits: Visit[] = []
  readonly #holds: Hold[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket))
  }

  static async open(): Promise<Gates> {
    const gates = new Gates()
    gates.#server.listen(0, '127.0.0.1')
    await once(gates.#server, 'listening')
    return gates
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Stops every visit that matches, or the first `times` of them, until the hold is released. */
  hold(filter: VisitFilter, times = Number.POSITIVE_INFINITY): Hold {
    return this.#add(new Hold(filter, times))
  }

  /** Makes the step fail for the first `times` visits that match. */
  fail(filter: VisitFilter, times = 1): Hold {
    return this.#add(new Hold(filter, times, 'the test made this step fail'))
  }

  /** Number of matching visits so far. */
  count(filter: VisitFilter): number {
    return this.visits.filter((visit) => matches(filter, visit)).length
  }

  /** Returns the visit hook for steps that run in the test process. */
  visitHook(worker: string): VisitHook {
    return async (visit) => {
      const failure = await this.#pass({ worker, ...visit })
      if (failure !== undefined) throw new Error(failure)
    }
  }

  /** Releases every hold and closes the socket. Later visits continue at once. */
  async close(): Promise<void> {
    for (const hold of this.#holds) hold.release()
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #add(hold: Hold): Hold {
    this.#holds.push(hold)
    return hold
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    const lines = createInterface({ input: socket })
    lines.on('error', () => {})
    lines.on('line', async (line) => {
      const question = questionOf(line)
      if (!question) {
        socket.destroy()
        return
      }
      const { id, visit } = question
      const failure = await this.#pass(visit)
      const reply: Reply = failure === undefined ? { id } : { id, failure }
      if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`)
    })
  }

  async #pass(visit: Visit): Promise<string | undefined> {
    this.visits.push(visit)
    return this.#holds.find((hold) => hold.matches(visit))?.take(visit)
  }
}

/** Returns undefined for a line of another protocol. A client of an earlier server on this port may reconnect. */
function questionOf(line: string): Question | undefined {
  try {
    const question: Partial<Question> | null = JSON.parse(line)
    return question?.visit ? (question as Question) : undefined
  } catch {
    return undefined
  }
}
