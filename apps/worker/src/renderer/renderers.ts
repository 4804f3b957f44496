import type { Framing } from '@visage/shared/avatar/framing'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Rendered } from '../image/rendered.ts'
import type { WorkerMetrics } from '../metrics.ts'
import type { RendererSetup } from './messages.ts'
import { CrashError, Renderer, type RendererMetrics } from './renderer.ts'

type PoolMetrics = RendererMetrics & Pick<WorkerMetrics, 'rendererCrashes'>

/**
 * Pictures after which a process is replaced. The allocator cannot release all memory, so a process grows slowly. At
 * its memory limit it would reject a good picture. Starting a process costs 1% of rendering that many pictures.
 */
const MAX_PICTURES = 1000

/**
 * The pool of a worker's render processes. It starts a process only if no process is idle, up to `maxConcurrent`.
 * Further pictures wait, first in, first out. A process renders one picture at a time and does nothing else. If it
 * crashes, that picture is the cause, and no other picture is affected. The pool replaces an exited process on
 * demand.
 */
export class Renderers {
  readonly #setup: RendererSetup
  readonly #metrics: PoolMetrics
  readonly #main: URL | undefined
  readonly #limitConcurrency: LimitFunction
  readonly #maxPictures: number
  readonly #idle: Renderer[] = []
  readonly #busy = new Set<Renderer>()
  #stopped = false

  /**
   * @param maxConcurrent pictures rendered at the same time
   * @param main the program of the processes
   * @param maxPictures pictures after which a process is replaced
   */
  constructor(
    setup: RendererSetup,
    maxConcurrent: number,
    metrics: PoolMetrics,
    main?: URL,
    maxPictures = MAX_PICTURES,
  ) {
    this.#setup = setup
    this.#metrics = metrics
    this.#maxPictures = maxPictures
    this.#limitConcurrency = pLimit(maxConcurrent)
    this.#main = main
  }

  /** @throws Rejection, CrashError. The picture is not the cause of any other error. */
  render(bytes: Buffer, framing?: Framing): Promise<Rendered> {
    return this.#limitConcurrency(() => this.#render(bytes, framing))
  }

  async #render(bytes: Buffer, framing?: Framing): Promise<Rendered> {
    const renderer = await this.#acquire()
    this.#busy.add(renderer)
    try {
      return await renderer.render(bytes, framing)
    } catch (error) {
      if (error instanceof CrashError) this.#metrics.rendererCrashes.inc()
      throw error
    } finally {
      this.#busy.delete(renderer)
      if (this.#stopped || renderer.pictureCount >= this.#maxPictures) renderer.kill()
      else this.#idle.push(renderer)
    }
  }

  /** Counts the processes. `memory`: sum of their resident bytes. `peak`: largest peak of one process, in bytes. */
  usage(): { busy: number; idle: number; memory: number; peak: number } {
    const idle = this.#idle.filter(({ alive }) => alive)
    const all = [...this.#busy, ...idle].map(({ memory }) => memory)
    return {
      busy: this.#busy.size,
      idle: idle.length,
      memory: all.reduce((sum, { memory }) => sum + memory, 0),
      peak: Math.max(0, ...all.map(({ peak }) => peak)),
    }
  }

  stop(): void {
    this.#stopped = true
    for (const renderer of this.#idle) renderer.kill()
  }

  async #acquire(): Promise<Renderer> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.alive) return idle
    return Renderer.start(this.#setup, this.#metrics, this.#main)
  }
}
