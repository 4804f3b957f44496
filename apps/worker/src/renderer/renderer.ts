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

/** The render process exited during rendering. It renders one picture at a time, so that picture is the cause. */
export class CrashError extends Error {
  override readonly name = 'CrashError'
}

export type RendererMetrics = Pick<WorkerMetrics, 'renderStepSeconds'>

const MAIN = new URL(`./main${extname(import.meta.url)}`, import.meta.url)

/** Variables that configure the allocator, the dynamic linker, Node and libvips. */
const INHERITED_VARIABLES = /^(MALLOC|LD|DYLD|NODE|VIPS|G)_/

/** Excludes the worker's secrets. With two arenas, glibc's allocator holds a third less memory. */
function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(env).filter(([name]) => INHERITED_VARIABLES.test(name))
  return { MALLOC_ARENA_MAX: '2', ...Object.fromEntries(inherited) }
}

/** Start timeout of a render process in milliseconds, long enough for a busy machine. */
export const START_TIMEOUT = 30_000

/**
 * Ratio of a picture's wall-clock timeout to its CPU time limit. Rendering may take longer than its CPU time on a busy
 * machine. A decoder that uses no CPU time never reaches the CPU time limit.
 */
export const WALL_CLOCK_FACTOR = 10

/** A process that renders pictures one at a time. */
export class Renderer {
  readonly #child: ChildProcess
  readonly #timeout: number
  readonly #metrics: RendererMetrics
  /** Aborted when the process exits. A long-lived promise in `Promise.race` would retain the result of every race. */
  readonly #exit = new AbortController()
  #pictures = 0
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
      this.#exit.abort(new CrashError(`Renderer exited with ${signal ?? `code ${code}`}`)),
    )
    child.on('error', () => {})
  }

  /** @throws Error if the process does not start in time; no picture is the cause */
  static async start(
    setup: RendererSetup,
    metrics: RendererMetrics,
    main = MAIN,
  ): Promise<Renderer> {
    const child = fork(main, [JSON.stringify(setup)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: childEnvironment(process.env),
    })
    const renderer = new Renderer(child, setup, metrics)
    try {
      await withTimeout('Starting a renderer', START_TIMEOUT, renderer.#nextMessage())
      return renderer
    } catch (cause) {
      renderer.kill()
      throw new Error('Renderer did not start', { cause })
    }
  }

  /** Memory of the process after its last picture. */
  get memory(): Pick<RenderCost, 'memory' | 'peak'> {
    return this.#memory
  }

  /** Number of pictures that this process was given. */
  get pictureCount(): number {
    return this.#pictures
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && !this.#child.killed
  }

  /** @throws Rejection, CrashError. The process is not alive after a crash, or after a picture exceeded a limit. */
  async render(bytes: Buffer, framing: Framing = CENTRED): Promise<Rendered> {
    this.#pictures++
    const timer = setTimeout(() => this.kill(), this.#timeout)
    try {
      const request: RenderRequest = { bytes, framing }
      // The exit event reports a child that dies during `send`, so the callback ignores the error.
      this.#child.send(request, () => {})
      return this.#unwrap(await this.#nextMessage())
    } finally {
      clearTimeout(timer)
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #nextMessage(): Promise<RendererMessage> {
    const { signal } = this.#exit
    try {
      const [message] = await once(this.#child, 'message', { signal })
      return message
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  }

  #unwrap(message: RendererMessage): Rendered {
    if ('cost' in message) this.#recordCost(message.cost)
    if ('rendered' in message) return message.rendered
    if ('rejected' in message) throw new Rejection(message.rejected.reason, message.rejected.msg)
    if ('failed' in message) throw new Error(message.failed)
    this.kill()
    if ('exceeded' in message) throw new Rejection(message.exceeded)
    throw new Error(
      'Renderer sent an unexpected message; a reply to the render request was expected',
    )
  }

  #recordCost({ seconds, ...memory }: RenderCost): void {
    this.#memory = memory
    for (const [step, duration] of Object.entries(seconds))
      this.#metrics.renderStepSeconds.observe({ step: step as RenderStep }, duration)
  }
}
