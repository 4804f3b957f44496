import type { App } from '@visage/stack/app'
import { eventually } from '../domain/eventually.ts'
import { Client, tokenOf } from '../http/http.ts'
import { metric } from '../http/scrape.ts'
import { forgetPeak, memory, peakMemory } from '../servers/processes.ts'
import { receiptRow } from './state.ts'
import type { World } from './world.ts'

/** Outcome of a file: `ready`, the reason of its rejection, or the code with which the PUT was refused. */
export interface Verdict {
  readonly accepted: boolean
  readonly word: string
  /** Milliseconds from the PUT to the outcome, including the wait for a free worker. */
  readonly ms: number
}

/** Maximum milliseconds to an outcome: three times the render timeout. */
const TIMEOUT = 60_000
const NONE = { state: 'no outcome', reason: null }

/** API and worker to which a test sends pictures, with checks of their health. */
export class Service {
  readonly #world: World
  readonly #api: Client
  readonly #worker: App
  #users = 0
  #peak = 0
  #ended = false

  private constructor(world: World, api: Client, worker: App) {
    this.#world = world
    this.#api = api
    this.#worker = worker
    worker.exited.then(() => {
      this.#ended = true
    })
  }

  static async start(world: World): Promise<Service> {
    const [api, worker] = await Promise.all([world.startApiProcess(), world.startWorkerProcess()])
    return new Service(world, new Client(api), worker)
  }

  /** Peak memory of the worker and its children in bytes, sampled after each verdict. */
  get peak(): number {
    return this.#peak
  }

  /** Resets the peak. @returns the current memory in bytes */
  forgetPeak(): number {
    forgetPeak(this.#worker.pid)
    this.#peak = memory(this.#worker.pid)
    return this.#peak
  }

  /** Sends the file as one user's picture and waits for its outcome. */
  async send(bytes: Buffer): Promise<Verdict> {
    const started = performance.now()
    const word = await this.#verdict(bytes, `hostile-${++this.#users}`)
    this.#peak = Math.max(this.#peak, peakMemory(this.#worker.pid))
    return { accepted: word === 'ready', word, ms: performance.now() - started }
  }

  async #verdict(bytes: Buffer, user: string): Promise<string> {
    const reply = await this.#api.put(tokenOf(user), bytes)
    const id = reply.headers.get('x-upload-id')
    if (reply.json.code !== 0 || id === null) return `${reply.json.code}`
    const ended = async () => {
      const receipt = await receiptRow(this.#world, id)
      return receipt?.finished_at && receipt
    }
    const { state, reason } = await eventually('an outcome', TIMEOUT, ended).catch(() => NONE)
    return reason ?? state
  }

  /** Returns the problems of the processes so far, one sentence each. */
  async troubles(): Promise<string[]> {
    if (this.#ended) return ['the worker ended']
    const failed = await metric(this.#worker.ports.ops, 'visage_attempts_failed_total')
    const crashes = await this.#world.db('uploads').whereRaw('cardinality(crashes) > 0')
    return [
      ...(failed === 0 ? [] : [`${failed} attempts failed and were made again`]),
      ...crashes.map((row) => `the renderer of ${row.upload_id} ended`),
    ]
  }
}

/** Runs `work` for all items with a concurrency limit. */
export async function severalAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const lane = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
