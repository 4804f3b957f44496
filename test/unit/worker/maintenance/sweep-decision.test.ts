import { expect, test } from 'vitest'
import { decideSweep } from '../../../../apps/worker/src/maintenance/sweep-decision.ts'

test.each([
  ['written', 'missing', 'remove'],
  ['written', 'unfinished', 'remove'],
  ['written', 'completed', 'remove'],
  ['written', 'failed', 'remove'],
  ['not written', 'missing', 'requeue'],
  ['not written', 'unfinished', 'leave'],
  ['not written', 'completed', 'requeue'],
  ['not written', 'failed', 'quarantine'],
] as const)('an outcome that is %s and a job that is %s: %s', (outcome, job, decision) => {
  expect(decideSweep({ hasOutcome: outcome === 'written', job })).toBe(decision)
})
