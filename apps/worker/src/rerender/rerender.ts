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

/** What rendering a picture anew does to the world. */
export interface RerenderDependencies {
  readonly originals: Pick<Originals, 'get' | 'copyRevision'>
  readonly rerenders: Pick<Rerenders, 'begin' | 'commit'>
  readonly store: Pick<ObjectStore, 'put'>
  readonly render: Render
  /** What `render` renders by. */
  readonly recipe: RecipeId
}

export interface RerenderRequest {
  /** What was sent, under the revision that is shown. */
  readonly picture: Upload
  readonly recipe: RecipeId
  /** How often it was begun, this time included. */
  readonly starts: number
}

/** Some quarter of an hour of trouble of ours. It is given up then: the old picture is shown on, and it can be asked for again. */
const MAX_STARTS = 20

/**
 * One attempt to render a picture anew that is shown. All of it is under a revision of its own, of which
 * nobody knows before the commit: every step can be run again, and left off.
 * @throws whatever trouble of ours came in between; the attempt is then made again
 */
export async function rerender(
  { picture, recipe, starts }: RerenderRequest,
  steps: RerenderDependencies,
  log: Logger,
): Promise<RerenderOutcome> {
  if (recipe !== steps.recipe) return 'other_recipe'
  const { userId, id: from } = picture
  const to = rerenderRevision(from, recipe)
  if (!to || starts > MAX_STARTS) return 'failed'
  const state = await steps.rerenders.begin({ userId, from, to })
  return state === 'due' ? attempt({ userId, from, to }, picture.framing, steps, log) : state
}

async function attempt(
  rerender: PictureRerender,
  framing: Framing | undefined,
  steps: RerenderDependencies,
  log: Logger,
): Promise<RerenderOutcome> {
  const { userId, from, to } = rerender
  const bytes = await steps.originals.get(userId, from)
  if (!bytes) return withoutOriginal(rerender, steps)
  const rendered = await steps.render(bytes, framing).catch((error) => asRejected(error, log))
  if (rendered === 'rejected') return rendered
  await Promise.all([
    steps.originals.copyRevision(userId, from, to),
    publish({ userId, revision: to }, rendered.variants, steps.store),
  ])
  return steps.rerenders.commit(rerender, toPicture(rendered))
}

/** It went with the picture, most likely. */
async function withoutOriginal(
  rerender: PictureRerender,
  { rerenders }: RerenderDependencies,
): Promise<RerenderOutcome> {
  const state = await rerenders.begin(rerender)
  return state === 'due' ? 'failed' : state
}

/** It could be rendered once: what has changed are the limits or the decoder. */
function asRejected(error: unknown, log: Logger): 'rejected' | Rendered {
  if (!(error instanceof Rejection || error instanceof CrashError)) throw error
  log.warn({ err: error }, 'this picture cannot be rendered any more; it stays as it is')
  return 'rejected'
}
