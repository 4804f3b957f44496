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
import { accept, type Parts } from './maintenance-parts.ts'

const before: Recipe = { ...recipe, sizes: [64] }
export const after: Recipe = { ...recipe, sizes: [96, 32] }

/** A worker's steps, in this process; it renders by this recipe, and keeps originals. */
export function stepsBy(recipe: Recipe, parts: Parts): JobDependencies {
  return {
    ...parts,
    keepOriginal: (upload) => parts.originals.keep(upload),
    render: (bytes, framing) => render(bytes, recipe, limits, framing),
    recipe: recipeId(recipe),
  }
}

/** A picture that its user is shown, as an older recipe rendered it. */
export async function shown(
  parts: Parts,
  bytes: Buffer,
  change: Partial<Upload> = {},
): Promise<Upload> {
  const upload = { ...(await accept(parts, bytes)), ...change }
  await parts.raw.put(upload, bytes)
  await processUpload(upload, stepsBy(before, parts), silent)
  return upload
}

/** One attempt to render it anew, by today's recipe. */
export function renderAnew(picture: Upload, steps: JobDependencies, starts = 1) {
  return rerender({ picture, recipe: recipeId(after), starts }, steps, silent)
}

/** What an attempt does, in its order; `put` is the second variant's. */
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
  'before it begins': { step: 'rerender', at: 'before', nth: 1 },
  'before the original is read': { step: 'original', at: 'before', nth: 1 },
  'while it is rendered': { step: 'render', at: 'during', nth: 1 },
  'before the original is copied': { step: 'carry', at: 'before', nth: 1 },
  'between two variants': { step: 'put', at: 'before', nth: 2 },
  'before it is shown': { step: 'replace', at: 'before', nth: 1 },
}

/** The same steps, where something happens at that point. */
export function stopping(
  steps: JobDependencies,
  point: Point,
  act: () => Promise<unknown>,
): JobDependencies {
  const { step, at, nth } = VISITS[point]
  return hookSteps(steps, async (visit) => {
    if (visit.step === step && visit.at === at && visit.nth === nth) await act()
  })
}

export const anew = ({ id }: Upload): string => rerenderRevision(id, recipeId(after)) ?? ''
