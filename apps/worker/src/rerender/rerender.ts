import type { Framing } from '@visage/shared/avatar/framing'
import { type RecipeId, rerenderRevision } from '@visage/shared/avatar/recipe-id'
import type { PictureRerender } from '@visage/shared/avatar/rerender'
import type { Upload } from '@visage/shared/avatar/upload'
import type { Rerenders } from '@visage/shared/db/rerenders'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { Originals } from '@visage/shared/storage/originals'
import type { Rendered } from '../image/rendered.ts'
import { CrashError } from '../renderer/renderer.ts'
import type { Render } from '../upload/process-upload.ts'
import { publish, toPicture } from '../upload/publish.ts'
import type { RerenderOutcome } from './rerender-outcome.ts'

/** Everything through which a rerender has effects. */
export interface RerenderDependencies {
  readonly originals: Pick<Originals, 'get' | 'copyRevision'>
  readonly rerenders: Pick<Rerenders, 'begin' | 'commit'>
  readonly store: Pick<ObjectStore, 'put'>
  readonly render: Render
  /** Recipe that `render` uses. */
  readonly recipe: RecipeId
}

export interface RerenderRequest {
  /** Upload data of the picture. Its id is the revision that the user shows. */
  readonly picture: Upload
  /** Recipe that the job asks for. */
  readonly recipe: RecipeId
  /** Number of attempts so far, including this one. */
  readonly starts: number
}

/**
 * Maximum number of attempts, which covers an outage of about a quarter of an hour. After that the outcome is `failed`.
 * The user still shows the old picture, and an operator can request the rerender again.
 */
const MAX_STARTS = 20

/**
 * Runs one attempt to render a shown picture again. The new objects have a new revision, which nothing references
 * before the commit. Therefore every step can be repeated, and the attempt can stop after any step.
 * @throws any error but a rejection or a crash of the renderer; the job then fails and BullMQ retries it
 */
export async function rerender(
  { picture, recipe, starts }: RerenderRequest,
  dependencies: RerenderDependencies,
  log: Logger,
): Promise<RerenderOutcome> {
  if (recipe !== dependencies.recipe) return 'other_recipe'
  const { userId, id: from } = picture
  const to = rerenderRevision(from, recipe)
  if (!to || starts > MAX_STARTS) return 'failed'
  const state = await dependencies.rerenders.begin({ userId, from, to })
  return state === 'due' ? attempt({ userId, from, to }, picture.framing, dependencies, log) : state
}

async function attempt(
  rerender: PictureRerender,
  framing: Framing | undefined,
  dependencies: RerenderDependencies,
  log: Logger,
): Promise<RerenderOutcome> {
  const { userId, from, to } = rerender
  const bytes = await dependencies.originals.get(userId, from)
  if (!bytes) return withoutOriginal(rerender, dependencies)
  const rendered = await dependencies
    .render(bytes, framing)
    .catch((error) => asRejected(error, log))
  if (rendered === 'rejected') return rendered
  await Promise.all([
    dependencies.originals.copyRevision(userId, from, to),
    publish({ userId, revision: to }, rendered.variants, dependencies.store),
  ])
  return dependencies.rerenders.commit(rerender, toPicture(rendered))
}

/** Handles a missing original. Most likely it was removed together with the picture. */
async function withoutOriginal(
  rerender: PictureRerender,
  { rerenders }: RerenderDependencies,
): Promise<RerenderOutcome> {
  const state = await rerenders.begin(rerender)
  return state === 'due' ? 'failed' : state
}

/** Converts a rejection or a crash. The picture was rendered before, so the limits or the decoder have changed. */
function asRejected(error: unknown, log: Logger): 'rejected' | Rendered {
  if (!(error instanceof Rejection || error instanceof CrashError)) throw error
  log.warn({ err: error }, 'Failed to rerender picture; keeping its current variants')
  return 'rejected'
}
