import type { Framing } from '@visage/shared/avatar/framing'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Rendered } from '../image/rendered.ts'
import type { WorkerMetrics } from '../metrics.ts'
import type { RendererSetup } from './messages.ts'
import { CrashError, Renderer, type RendererMetrics } from './renderer.ts'

type PoolMetrics = RendererMetrics & Pick<WorkerMetrics, 'rendererCrashes'>

/**
 * A process ends after so many pictures: what the allocator cannot give back would grow slowly towards the limit of
 * memory, and then be taken for the fault of a picture. Starting another costs a hundredth of what they did.
 */
const MAX_PICTURES = 1000

/**
 * The render processes of a worker: as many as pictures were rendered at once, which are no more than the limit.
 * Others wait, the first to come first. Each has one picture
 * at a time and nothing else to do, so whatever a picture does to its process, it alone did it, and it
 * alone is hit. One that is gone is replaced when it is needed.
 */
export class Renderers {
  readonly #setup: RendererSetup
  readonly #metrics: PoolMetrics
  readonly #main: URL | undefined
  readonly #inTurn: LimitFunction
  readonly #life: number
  readonly #idle: Renderer[] = []
  readonly #busy = new Set<Renderer>()
  #stopped = false

  /** @param most rendered at once  @param main the program of the processes  @param life of each, in pictures */
  constructor(
    setup: RendererSetup,
    most: number,
    metrics: PoolMetrics,
    main?: URL,
    life = MAX_PICTURES,
  ) {
    this.#setup = setup
    this.#metrics = metrics
    this.#life = life
    this.#inTurn = pLimit(most)
    this.#main = main
  }

  /** @throws Rejection, CrashError; any other error is ours */
  render(bytes: Buffer, framing?: Framing): Promise<Rendered> {
    return this.#inTurn(() => this.#render(bytes, framing))
  }

  async #render(bytes: Buffer, framing?: Framing): Promise<Rendered> {
    const renderer = await this.#take()
    this.#busy.add(renderer)
    try {
      return await renderer.render(bytes, framing)
    } catch (error) {
      if (error instanceof CrashError) this.#metrics.rendererCrashes.inc()
      throw error
    } finally {
      this.#busy.delete(renderer)
      if (this.#stopped || renderer.served >= this.#life) renderer.end()
      else this.#idle.push(renderer)
    }
  }

  /** How many of them there are, and how many bytes they take: together, and the largest one at most so far. */
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
    for (const renderer of this.#idle) renderer.end()
  }

  async #take(): Promise<Renderer> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.alive) return idle
    return Renderer.start(this.#setup, this.#metrics, this.#main)
  }
}
