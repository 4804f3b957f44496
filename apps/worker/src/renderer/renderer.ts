import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { CENTRED, type Framing } from '@visage/shared/avatar/framing'
import { Rejection } from '@visage/shared/errors/app-error'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Rendered } from '../image/rendered.ts'
import type { RenderStep } from '../image/stopwatch.ts'
import type { WorkerMetrics } from '../metrics.ts'
import type { RenderCost, RendererMessage, RendererSetup, RenderRequest } from './messages.ts'

/** A picture took the process with it that rendered nothing but that picture. */
export class CrashError extends Error {
  override readonly name = 'CrashError'
}

export type RendererMetrics = Pick<WorkerMetrics, 'renderStepSeconds'>

const MAIN = new URL(`./main${extname(import.meta.url)}`, import.meta.url)

/** What an operator may set for the allocator, the loader of libraries, Node and libvips. */
const INHERITED_VARIABLES = /^(MALLOC|LD|DYLD|NODE|VIPS|G)_/

/**
 * None of the worker's passwords. glibc's allocator holds a third less with two arenas.
 */
function environmentOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => INHERITED_VARIABLES.test(name))
  return { MALLOC_ARENA_MAX: '2', ...Object.fromEntries(passed) }
}

/** Milliseconds that a process may take to start on a busy machine. */
export const START_TIMEOUT = 30_000

/**
 * How much longer than a picture's CPU time it may take by the clock: a machine may be busy with
 * other things, but a decoder that only waits has hung.
 */
export const WALL_CLOCK_FACTOR = 10

/** A process that renders one picture after the other, never two at once. */
export class Renderer {
  readonly #child: ChildProcess
  readonly #timeout: number
  readonly #metrics: RendererMetrics
  /** Aborted with the crash. A promise that is raced against would keep the result of every race for as long as it lives. */
  readonly #ended = new AbortController()
  #served = 0
  #memory: Pick<RenderCost, 'memory' | 'peak'> = { memory: 0, peak: 0 }

  private constructor(
    child: ChildProcess,
    { limits, timeout }: RendererSetup,
    metrics: RendererMetrics,
  ) {
    this.#child = child
    this.#metrics = metrics
    this.#timeout = timeout ?? limits.seconds * 1000 * WALL_CLOCK_FACTOR
    child.once('exit', (code, signal) =>
      this.#ended.abort(new CrashError(`the renderer ended with ${signal ?? `code ${code}`}`)),
    )
    child.on('error', () => {})
  }

  /** @throws Error where it does not come up; that is no picture's fault */
  static async start(
    setup: RendererSetup,
    metrics: RendererMetrics,
    main = MAIN,
  ): Promise<Renderer> {
    const child = fork(main, [JSON.stringify(setup)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: environmentOf(process.env),
    })
    const renderer = new Renderer(child, setup, metrics)
    try {
      await withTimeout('the start of a renderer', START_TIMEOUT, renderer.#next())
      return renderer
    } catch (cause) {
      renderer.end()
      throw new Error('a renderer does not start', { cause })
    }
  }

  /** As it was after the last picture. */
  get memory(): Pick<RenderCost, 'memory' | 'peak'> {
    return this.#memory
  }

  /** How many pictures it has had. */
  get served(): number {
    return this.#served
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && !this.#child.killed
  }

  /** @throws Rejection, CrashError; after the latter, and after a limit was passed, it is not alive */
  async render(bytes: Buffer, framing: Framing = CENTRED): Promise<Rendered> {
    this.#served++
    const hung = setTimeout(() => this.end(), this.#timeout)
    try {
      const order: RenderRequest = { bytes, framing }
      // A child that dies while it is sent to says so by its exit.
      this.#child.send(order, () => {})
      return this.#open(await this.#next())
    } finally {
      clearTimeout(hung)
    }
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }

  async #next(): Promise<RendererMessage> {
    const { signal } = this.#ended
    try {
      const [message] = await once(this.#child, 'message', { signal })
      return message
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  }

  #open(answer: RendererMessage): Rendered {
    if ('cost' in answer) this.#note(answer.cost)
    if ('rendered' in answer) return answer.rendered
    if ('rejected' in answer) throw new Rejection(answer.rejected.reason, answer.rejected.msg)
    if ('failed' in answer) throw new Error(answer.failed)
    this.end()
    if ('exceeded' in answer) throw new Rejection(answer.exceeded)
    throw new Error('a renderer spoke out of turn')
  }

  #note({ seconds, ...memory }: RenderCost): void {
    this.#memory = memory
    for (const [step, took] of Object.entries(seconds))
      this.#metrics.renderStepSeconds.observe({ step: step as RenderStep }, took)
  }
}
