import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fits, Hold, type Where } from './hold.ts'
import type { Question, Reply, Visit, Visiting } from './visits.ts'

/**
 * The test's end of the control socket. A visit passes unless a hold matches it, the first one that
 * was made; everything that passes by is kept in `visits`, oldest first.
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

  /** Stops every worker that comes to this point, or the first `times`, until it is released. */
  hold(where: Where, times = Number.POSITIVE_INFINITY): Hold {
    return this.#add(new Hold(where, times))
  }

  /** Makes the step fail for the first `times` workers that come to this point. */
  fail(where: Where, times = 1): Hold {
    return this.#add(new Hold(where, times, 'the test has this step fail'))
  }

  /** The visits that fit, so far. */
  count(where: Where): number {
    return this.visits.filter((visit) => fits(where, visit)).length
  }

  /** For steps that run in the test's own process. */
  visiting(worker: string): Visiting {
    return async (visit) => {
      const failure = await this.#pass({ worker, ...visit })
      if (failure !== undefined) throw new Error(failure)
    }
  }

  /** Lets all go on, now and from now on. */
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
    return this.#holds.find((hold) => hold.fits(visit))?.take(visit)
  }
}

/** Undefined for a line of another protocol: a client of a server that had this port before may connect again. */
function questionOf(line: string): Question | undefined {
  try {
    const question: Partial<Question> | null = JSON.parse(line)
    return question?.visit ? (question as Question) : undefined
  } catch {
    return undefined
  }
}
