/** Sender of the bytes that a trap matches. */
export type Side = 'client' | 'server'

export interface TrapSettings {
  /** Trigger: a text, or a number of bytes of one connection. The trap springs right after it has passed. */
  readonly on: string | number
  /** Sender of the bytes. Default: the client. */
  readonly from?: Side
  /** Number of bytes that pass after the trigger. Default: 0. */
  readonly keep?: number
  /**
   * Effect on the connection. `hold`: no more bytes pass in either direction until `release`. `mute`: the server gets
   * every byte and the client gets no more. `reset`: both sides are reset.
   */
  readonly effect: 'hold' | 'mute' | 'reset'
  /** Number of connections that the trap affects. Default: 1. */
  readonly times?: number
}

/** Trap in a proxy. Created by `TcpProxy.trap`. */
export class Trap {
  readonly settings: Required<TrapSettings>
  /** Resolves when the trap springs for the first time. */
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

  /** Disarms the trap and resumes the connections that it holds. */
  release(): void {
    this.#left = 0
    for (const resume of this.#held.splice(0)) resume()
  }
}

/** Searches one direction of one connection for the trigger of a trap, across chunk boundaries. */
export class Scanner {
  readonly trap: Trap
  #tail: Buffer = Buffer.alloc(0)
  #seen = 0
  #keep: number | undefined

  constructor(trap: Trap) {
    this.trap = trap
  }

  /** @returns the number of bytes of the chunk that pass, if the trap springs in it */
  cut(chunk: Buffer): number | undefined {
    if (!this.trap.armed) return undefined
    const end = this.#keep === undefined ? this.#find(chunk) : 0
    if (end === undefined) return undefined
    const keep = end + (this.#keep ?? this.trap.settings.keep)
    this.#keep = Math.max(0, keep - chunk.length)
    return keep <= chunk.length ? keep : undefined
  }

  /** @returns the offset in the chunk at which the trigger ends */
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
