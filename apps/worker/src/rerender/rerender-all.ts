import { setTimeout as delay } from 'node:timers/promises'
import type { RecipeId } from '@visage/shared/avatar/recipe-id'
import type { Upload } from '@visage/shared/avatar/upload'
import type { Avatars, CurrentPicture } from '@visage/shared/db/avatars'
import type { Logger } from '@visage/shared/log/logger'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'
import type { Originals } from '@visage/shared/storage/originals'
import pMap from 'p-map'
import { type RerenderEnd, rerenderEnds } from './rerender-outcome.ts'

export interface OlderParts {
  readonly avatars: Pick<Avatars, 'pictures'>
  readonly originals: Pick<Originals, 'find'>
  readonly queue: Pick<UploadQueue, 'addRerender' | 'outcome'>
  readonly log: Logger
}

export interface OlderOptions {
  /** Today's. */
  readonly recipe: RecipeId
  /** Stops it: nothing more is queued, and nothing waited for. */
  readonly signal: AbortSignal
  /** Called for each picture that is seen to. */
  readonly onPicture: () => void
}

/** `no_original`: it stays as it is. `queued`: a worker will come to it, and nobody waits for that. */
export type End = RerenderEnd | 'no_original' | 'queued'
export type OlderReport = Record<End, number>

/** Pictures that are queued and not done yet: bounds what Redis holds, and keeps many workers busy. */
const AT_ONCE = 500

/** Milliseconds between two looks at whether a picture is done. */
const LOOK_EVERY = 1000

/** Has every picture rendered anew that was rendered by another recipe, and waits for each. */
export function rerenderOlder(options: OlderOptions, parts: OlderParts): Promise<OlderReport> {
  return eachOlder(options, parts, async (original) => {
    const job = await parts.queue.addRerender(original, options.recipe)
    const end = await endOf(job, options.signal, parts.queue)
    const { id: revision, userId: user } = original
    if (STAYS.has(end)) parts.log.error({ revision, user, end }, 'a picture stays as it is')
    return end
  })
}

/** The same without doing it: those that would be are `queued`. */
export function countOlder(options: OlderOptions, parts: OlderParts): Promise<OlderReport> {
  return eachOlder(options, parts, async () => 'queued')
}

const STAYS: ReadonlySet<End> = new Set(['rejected', 'failed'])

async function eachOlder(
  { recipe, signal, onPicture }: OlderOptions,
  { avatars, originals }: OlderParts,
  see: (original: Upload) => Promise<End>,
): Promise<OlderReport> {
  const ends = [...rerenderEnds, 'no_original', 'queued'] as const
  const report = Object.fromEntries(ends.map((end) => [end, 0])) as OlderReport
  const settle = async ({ userId, revision }: CurrentPicture) => {
    const original = await originals.find(userId, revision)
    report[original ? await see(original) : 'no_original']++
    onPicture()
  }
  await pMap(until(signal, avatars.pictures(recipe)), settle, { concurrency: AT_ONCE })
  return report
}

async function* until<T>(signal: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal.aborted) return
    yield item
  }
}

async function endOf(job: string, signal: AbortSignal, queue: OlderParts['queue']): Promise<End> {
  while (!signal.aborted) {
    const outcome = await queue.outcome(job)
    if (outcome !== undefined) return outcome as RerenderEnd
    await delay(LOOK_EVERY)
  }
  return 'queued'
}
