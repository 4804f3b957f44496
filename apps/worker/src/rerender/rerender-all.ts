import { setTimeout as delay } from 'node:timers/promises'
import type { CurrentPicture } from '@visage/shared/avatar/avatar'
import type { RecipeId } from '@visage/shared/avatar/recipe-id'
import type { Upload } from '@visage/shared/avatar/upload'
import type { Avatars } from '@visage/shared/db/avatars'
import type { Logger } from '@visage/shared/log/logger'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'
import type { Originals } from '@visage/shared/storage/originals'
import pMap from 'p-map'
import { type RerenderOutcome, rerenderOutcomes } from './rerender-outcome.ts'

export interface RerenderAllDependencies {
  readonly avatars: Pick<Avatars, 'pictures'>
  readonly originals: Pick<Originals, 'find'>
  readonly queue: Pick<UploadQueue, 'addRerender' | 'jobOutcome'>
  readonly log: Logger
}

export interface RerenderAllOptions {
  /** Current recipe of the workers. */
  readonly recipe: RecipeId
  /** Stops the run: no more jobs are queued, and queued jobs are no longer awaited. */
  readonly signal: AbortSignal
  /** Called after each picture. */
  readonly onPicture: () => void
}

/**
 * `no_original`: the picture cannot be rendered again. `queued`: the job is queued, and the command does not await it.
 */
export type RerenderResult = RerenderOutcome | 'no_original' | 'queued'
export type RerenderReport = Record<RerenderResult, number>

/** Jobs that are queued at the same time. Limits the memory of Redis, and is enough for many workers. */
const CONCURRENCY = 500

/** Milliseconds between two checks of whether a job is finished. */
const POLL_INTERVAL = 1000

/** Queues a rerender of every picture that was rendered by another recipe, and waits for each job. */
export function rerenderAll(
  options: RerenderAllOptions,
  dependencies: RerenderAllDependencies,
): Promise<RerenderReport> {
  return forEachOutdated(options, dependencies, async (original) => {
    const job = await dependencies.queue.addRerender(original, options.recipe)
    const outcome = await waitForResult(job, options.signal, dependencies.queue)
    const { id: revision, userId: user } = original
    if (FAILURES.has(outcome))
      dependencies.log.error(
        { revision, user, outcome },
        'Failed to rerender picture; keeping its current variants',
      )
    return outcome
  })
}

/** Counts the pictures that `rerenderAll` would queue, as `queued`. Queues nothing. */
export function countRerenders(
  options: RerenderAllOptions,
  dependencies: RerenderAllDependencies,
): Promise<RerenderReport> {
  return forEachOutdated(options, dependencies, async () => 'queued')
}

const FAILURES: ReadonlySet<RerenderResult> = new Set(['rejected', 'failed'])

async function forEachOutdated(
  { recipe, signal, onPicture }: RerenderAllOptions,
  { avatars, originals }: RerenderAllDependencies,
  handle: (original: Upload) => Promise<RerenderResult>,
): Promise<RerenderReport> {
  const results = [...rerenderOutcomes, 'no_original', 'queued'] as const
  const report = Object.fromEntries(results.map((result) => [result, 0])) as RerenderReport
  const count = async ({ userId, revision }: CurrentPicture) => {
    const original = await originals.find(userId, revision)
    report[original ? await handle(original) : 'no_original']++
    onPicture()
  }
  await pMap(until(signal, avatars.pictures(recipe)), count, { concurrency: CONCURRENCY })
  return report
}

async function* until<T>(signal: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal.aborted) return
    yield item
  }
}

async function waitForResult(
  job: string,
  signal: AbortSignal,
  queue: RerenderAllDependencies['queue'],
): Promise<RerenderResult> {
  while (!signal.aborted) {
    const outcome = await queue.jobOutcome(job)
    if (outcome !== undefined) return outcome as RerenderOutcome
    await delay(POLL_INTERVAL)
  }
  return 'queued'
}
