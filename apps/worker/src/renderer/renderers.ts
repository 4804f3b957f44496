import type { Framing } from '@visage/shared/avatar/framing'
import type { Rendered } from '../image/render.ts'
import type { Setup } from './messages.ts'
import { Renderer } from './renderer.ts'

/**
 * The render processes of a worker: as many as pictures were rendered at once. Each has one picture
 * at a time and nothing else to do, so whatever a picture does to its process, it alone did it, and it
 * alone is hit. One that is gone is replaced when it is needed.
 */
export class Renderers {
  readonly #setup: Setup
  readonly #main: URL | undefined
  readonly #idle: Renderer[] = []
  #stopped = false

  /** @param main the program of the processes */
  constructor(setup: Setup, main?: URL) {
    this.#setup = setup
    this.#main = main
  }

  /** @throws Rejection, CrashError; any other error is ours */
  async render(bytes: Buffer, framing?: Framing): Promise<Rendered> {
    const renderer = await this.#take()
    try {
      return await renderer.render(bytes, framing)
    } finally {
      if (this.#stopped) renderer.end()
      else this.#idle.push(renderer)
    }
  }

  stop(): void {
    this.#stopped = true
    for (const renderer of this.#idle) renderer.end()
  }

  async #take(): Promise<Renderer> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.alive) return idle
    return Renderer.start(this.#setup, this.#main)
  }
}
