/**
 * ready: it is shown as it was rendered anew. In all other cases the row stays as it is. superseded: its user has
 * changed it. rejected: it cannot be rendered within the limits, or took its renderer with it. other_recipe:
 * the worker renders by another one. failed: there is no original, or it was begun too often.
 */
export const rerenderOutcomes = [
  'ready',
  'superseded',
  'rejected',
  'other_recipe',
  'failed',
] as const
export type RerenderOutcome = (typeof rerenderOutcomes)[number]
