/** What runs tasks, and takes them along when it dies. */
export class Process {
  alive = true

  kill(): void {
    this.alive = false
  }
}

/** How a server answers: well, or with an error before or after it did what it was asked, or meanwhile. */
export type Answer = 'well' | 'error before' | 'error after' | 'error, done later'

/** One thing that a task asked a server to do. It is done, and answered, when the test says so. */
export interface Call {
  readonly name: string
  readonly task: Task
  readonly effect: () => unknown
  answer(how: Answer): void
}

/** How ports pass on what they are asked: `effect` is what the server does. */
export type Ask = <T>(name: string, effect: () => T) => Promise<T>

/** How a start without an outcome is written to have ended. */
const ENDS = new Set(['release', 'blame'])

/** A piece of real code at work: a request, an attempt, a sweep. It stands still at every step. */
export class Task {
  readonly name: string
  readonly process: Process
  /** The upload that it attempts, if it is an attempt. */
  readonly upload: string | undefined
  readonly calls: Call[] = []
  state: 'running' | 'done' | 'failed' = 'running'
  /** Whether the picture took the process that rendered it. */
  crashed = false
  /** Whether its start is written down, whatever it was told. */
  hasBegun = false
  /** Whether it is written down how it ended, where it ended without an outcome. */
  endIsWritten = false
  #owesEnd = false

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
      this.#owesEnd ||= ENDS.has(name)
      this.calls.push(call)
    })

  run(work: () => Promise<unknown>): this {
    work().then(
      () => this.#end('done'),
      () => this.#end('failed'),
    )
    return this
  }

  /** Whether nobody can tell yet, or ever, how it ended. */
  get isLost(): boolean {
    return this.hasBegun && (this.state === 'running' || this.#owesEnd) && !this.endIsWritten
  }

  #note(name: string): void {
    if (name === 'begin') this.hasBegun = true
    if (ENDS.has(name)) this.endIsWritten = true
  }

  #end(state: 'done' | 'failed'): void {
    if (this.process.alive) this.state = state
  }
}

function happen<T>(name: string, effect: () => T, how: Answer): T {
  if (how === 'error before') throw new Error(`${name} was not done`)
  if (how === 'error, done later') throw new Error(`${name} took too long`)
  const value = effect()
  if (how === 'error after') throw new Error(`${name} was done, but that was not heard`)
  return value
}
