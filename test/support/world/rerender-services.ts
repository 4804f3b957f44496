import { type Recipe, recipe } from '@visage/shared/avatar/recipe'
import { recipeId, rerenderRevision } from '@visage/shared/avatar/recipe-id'
import type { Upload } from '@visage/shared/avatar/upload'
import { limits } from '../../../apps/worker/src/image/limits.ts'
import { render } from '../../../apps/worker/src/image/render.ts'
import type { JobDependencies } from '../../../apps/worker/src/queue/upload-consumer.ts'
import { rerender } from '../../../apps/worker/src/rerender/rerender.ts'
import { processUpload } from '../../../apps/worker/src/upload/process-upload.ts'
import { silent } from '../domain/log.ts'
import { hookSteps } from '../faults/hook-steps.ts'
import type { Visit } from '../faults/visits.ts'
import { accept, type MaintenanceServices } from './maintenance-services.ts'

const before: Recipe = { ...recipe, sizes: [64] }
export const after: Recipe = { ...recipe, sizes: [96, 32] }

/** Returns job dependencies in this process that render with this recipe and keep originals. */
export function dependenciesFor(recipe: Recipe, services: MaintenanceServices): JobDependencies {
  return {
    ...services,
    keepOriginal: (upload) => services.originals.keep(upload),
    render: (bytes, framing) => render(bytes, recipe, limits, framing),
    recipe: recipeId(recipe),
  }
}

/** Publishes a picture of a new user, rendered with an older recipe. */
export async function publishOldPicture(
  services: MaintenanceServices,
  bytes: Buffer,
  change: Partial<Upload> = {},
): Promise<Upload> {
  const upload = { ...(await accept(services, bytes)), ...change }
  await services.raw.put(upload, bytes)
  await processUpload(upload, dependenciesFor(before, services), silent)
  return upload
}

/** Runs one attempt to render the picture again with the current recipe. */
export function rerenderOnce(picture: Upload, dependencies: JobDependencies, starts = 1) {
  return rerender({ picture, recipe: recipeId(after), starts }, dependencies, silent)
}

/** Points of an attempt, in order. */
export const rerenderSteps = [
  'before it begins',
  'before the original is read',
  'while it is rendered',
  'before the original is copied',
  'between two variants',
  'before it is shown',
] as const

type Point = (typeof rerenderSteps)[number]

const VISITS: Readonly<Record<Point, Omit<Visit, 'worker' | 'upload'>>> = {
  'before it begins': { step: 'rerender_begin', at: 'before', nth: 1 },
  'before the original is read': { step: 'rerender_fetch', at: 'before', nth: 1 },
  'while it is rendered': { step: 'render', at: 'during', nth: 1 },
  'before the original is copied': { step: 'rerender_keep', at: 'before', nth: 1 },
  'between two variants': { step: 'publish', at: 'before', nth: 2 },
  'before it is shown': { step: 'rerender_commit', at: 'before', nth: 1 },
}

/** Wraps the job dependencies so that `act` runs at this point. */
export function actAt(
  dependencies: JobDependencies,
  point: Point,
  act: () => Promise<unknown>,
): JobDependencies {
  const { step, at, nth } = VISITS[point]
  return hookSteps(dependencies, async (visit) => {
    if (visit.step === step && visit.at === at && visit.nth === nth) await act()
  })
}

/** Revision of the upload as rendered with the current recipe. */
export const rerenderedRevision = ({ id }: Upload): string =>
  rerenderRevision(id, recipeId(after)) ?? ''
