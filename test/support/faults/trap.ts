/** From whom the bytes come that a trap looks at. */
export type Side = 'client' | 'server'

export interface TrapSettings {
  /** Springs right after this text has gone through, or after this many bytes of a connection. */
  readonly on: string | number
  /** Whose bytes count. Absent: the client's. */
  readonly from?: Side
  /** How many bytes more go through first. */
  readonly keep?: number
  /**
   * What happens to that connection. `hold`: nothing more goes through, either way, until `release`.
   * `mute`: the server gets everything and the client gets nothing more. `reset`: both ends are reset.
   */
  readonly effect: 'hold' | 'mute' | 'reset'
  /** How many connections it takes. Absent: one. */
  readonly times?: number
}

/** Waits in a proxy for its sign. Made by `TcpProxy.trap`. */
export class Trap {
  readonly settings: Required<TrapSettings>
  /** Resolves when it springs for the first time. */
  readonly sprung: Promise<void>
  #left: number
  #announce: () => void = () => {}
  #held: (() => void)[] = []

  constructor(settings: TrapSettings) {
    this.settings = { from: 'client', keep: 0, times: 1, ...settings }
    this.#left = this.settings.times
    this.sprung = new Promise((resolve) => {
      this.#announce = resolve
    })
  }

  get armed(): boolean {
    return this.#left > 0
  }

  spring(resume: () => void): void {
    this.#left--
    this.#held.push(resume)
    this.#announce()
  }

  /** Disarms it, and lets the connections go on that it holds. */
  release(): void {
    this.#left = 0
    for (const resume of this.#held.splice(0)) resume()
  }
}

/** Looks for a trap's sign in one direction of one connection, across the borders of chunks. */
export class Scanner {
  readonly trap: Trap
  #tail: Buffer = Buffer.alloc(0)
  #seen = 0
  #keep: number | undefined

  constructor(trap: Trap) {
    this.trap = trap
  }

  /** @returns how many bytes of the chunk still go through, where the trap springs in it */
  cut(chunk: Buffer): number | undefined {
    if (!this.trap.armed) return undefined
    const end = this.#keep === undefined ? this.#find(chunk) : 0
    if (end === undefined) return undefined
    const keep = end + (this.#keep ?? this.trap.settings.keep)
    this.#keep = Math.max(0, keep - chunk.length)
    return keep <= chunk.length ? keep : undefined
  }

  /** @returns where in the chunk the sign ends */
  #find(chunk: Buffer): number | undefined {
    const { on } = this.trap.settings
    const before = this.#seen
    this.#seen += chunk.length
    if (typeof on === 'number') return this.#seen >= on ? Math.max(0, on - before) : undefined
    const text = Buffer.concat([this.#tail, chunk])
    const at = text.indexOf(on)
    const tail = this.#tail.length
    this.#tail = text.subarray(Math.max(0, text.length - on.length + 1))
    return at < 0 ? undefined : Math.max(0, at + on.length - tail)
  }
}
