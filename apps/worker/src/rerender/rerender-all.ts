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
  /** Today's. */
  readonly recipe: RecipeId
  /** Stops it: nothing more is queued, and nothing waited for. */
  readonly signal: AbortSignal
  /** Called for each picture that is seen to. */
  readonly onPicture: () => void
}

/** `no_original`: it stays as it is. `queued`: a worker will come to it, and nobody waits for that. */
export type RerenderResult = RerenderOutcome | 'no_original' | 'queued'
export type RerenderReport = Record<RerenderResult, number>

/** Pictures that are queued and not done yet: bounds what Redis holds, and keeps many workers busy. */
const CONCURRENCY = 500

/** Milliseconds between two looks at whether a picture is done. */
const POLL_INTERVAL = 1000

/** Has every picture rendered anew that was rendered by another recipe, and waits for each. */
export function rerenderAll(
  options: RerenderAllOptions,
  parts: RerenderAllDependencies,
): Promise<RerenderReport> {
  return forEachOutdated(options, parts, async (original) => {
    const job = await parts.queue.addRerender(original, options.recipe)
    const end = await waitForResult(job, options.signal, parts.queue)
    const { id: revision, userId: user } = original
    if (REPORTED_RESULTS.has(end))
      parts.log.error({ revision, user, end }, 'a picture stays as it is')
    return end
  })
}

/** The same without doing it: those that would be are `queued`. */
export function countRerenders(
  options: RerenderAllOptions,
  parts: RerenderAllDependencies,
): Promise<RerenderReport> {
  return forEachOutdated(options, parts, async () => 'queued')
}

const REPORTED_RESULTS: ReadonlySet<RerenderResult> = new Set(['rejected', 'failed'])

async function forEachOutdated(
  { recipe, signal, onPicture }: RerenderAllOptions,
  { avatars, originals }: RerenderAllDependencies,
  see: (original: Upload) => Promise<RerenderResult>,
): Promise<RerenderReport> {
  const ends = [...rerenderOutcomes, 'no_original', 'queued'] as const
  const report = Object.fromEntries(ends.map((end) => [end, 0])) as RerenderReport
  const settle = async ({ userId, revision }: CurrentPicture) => {
    const original = await originals.find(userId, revision)
    report[original ? await see(original) : 'no_original']++
    onPicture()
  }
  await pMap(until(signal, avatars.pictures(recipe)), settle, { concurrency: CONCURRENCY })
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
