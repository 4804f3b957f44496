/**
 * Outcomes of a rerender. All outcomes except `ready` leave the row unchanged.
 * - `ready`: the user shows the picture as it was rendered again.
 * - `superseded`: the user changed the avatar.
 * - `rejected`: the picture exceeds a limit, or crashed its renderer.
 * - `other_recipe`: the worker renders by another recipe than the job.
 * - `failed`: the original is missing, or the job started too often.
 */
export const rerenderOutcomes = [
  'ready',
  'superseded',
  'rejected',
  'other_recipe',
  'failed',
] as const
export type RerenderOutcome = (typeof rerenderOutcomes)[number]
