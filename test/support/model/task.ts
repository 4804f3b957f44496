/** Process that runs tasks. Its death stops them. */
export class Process {
  alive = true

  kill(): void {
    this.alive = false
  }
}

/** Answer of a server: success, or an error before, after or during the effect. */
export type Answer = 'well' | 'error before' | 'error after' | 'error, done later'

/** Call of a task to a server. The test decides when it is performed and answered. */
export interface Call {
  readonly name: string
  readonly task: Task
  readonly effect: () => unknown
  answer(how: Answer): void
}

/** Sends a call to a server. `effect` is the work of the server. */
export type Ask = <T>(name: string, effect: () => T) => Promise<T>

/** Calls that record the end of an attempt without an outcome. */
const ATTEMPT_ENDS = new Set(['record attempt end', 'record crash'])

/** Run of real code: a request, an attempt or a sweep. It stops at every call to a server. */
export class Task {
  readonly name: string
  readonly process: Process
  /** Upload of the attempt, if the task is one. */
  readonly upload: string | undefined
  readonly calls: Call[] = []
  state: 'running' | 'done' | 'failed' = 'running'
  /** Whether the picture crashed its render process. */
  crashed = false
  /** Whether its start is recorded, with or without an answer. */
  hasBegun = false
  /** Whether its end without an outcome is recorded. */
  endIsRecorded = false
  #endIsPending = false

  constructor(name: string, process = new Process(), upload?: string) {
    this.name = name
    this.process = process
    this.upload = upload
  }

  readonly ask: Ask = (name, effect) =>
    new Promise((resolve, reject) => {
      const answer = (how: Answer) => {
        this.calls.splice(this.calls.indexOf(call), 1)
        if (how === 'well' || how === 'error after') this.#note(name)
        try {
          const value = happen(name, effect, how)
          if (this.process.alive) resolve(value)
        } catch (error) {
          reject(error)
        }
      }
      const call: Call = { name, task: this, effect, answer }
      this.#endIsPending ||= ATTEMPT_ENDS.has(name)
      this.calls.push(call)
    })

  run(work: () => Promise<unknown>): this {
    work().then(
      () => this.#end('done'),
      () => this.#end('failed'),
    )
    return this
  }

  /** Whether its end is not recorded, now or ever. */
  get isLost(): boolean {
    return this.hasBegun && (this.state === 'running' || this.#endIsPending) && !this.endIsRecorded
  }

  #note(name: string): void {
    if (name === 'begin') this.hasBegun = true
    if (ATTEMPT_ENDS.has(name)) this.endIsRecorded = true
  }

  #end(state: 'done' | 'failed'): void {
    if (this.process.alive) this.state = state
  }
}

function happen<T>(name: string, effect: () => T, how: Answer): T {
  if (how === 'error before') throw new Error(`${name} was not done`)
  if (how === 'error, done later') throw new Error(`${name} took too long`)
  const value = effect()
  if (how === 'error after') throw new Error(`${name} was done, but its answer was lost`)
  return value
}
