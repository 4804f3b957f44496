import { isOutcome, outcomes, pendingStates, type UploadState } from '@visage/shared/avatar/upload'
import { expect, test } from 'vitest'

const ENDED: Readonly<Record<UploadState, boolean>> = {
  queued: false,
  processing: false,
  ready: true,
  rejected: true,
  superseded: true,
  failed: true,
}

test.each(Object.entries(ENDED))('%s is an outcome: %s', (state, ended) => {
  expect(isOutcome(state as UploadState)).toBe(ended)
})

test('every state is either pending or an outcome', () => {
  expect([...pendingStates, ...outcomes].toSorted()).toEqual(Object.keys(ENDED).toSorted())
})

test('no state has the name of a state in the queue library', () => {
  const theirs = ['waiting', 'active', 'completed', 'delayed', 'paused', 'prioritized']
  for (const word of theirs) expect([...pendingStates, ...outcomes]).not.toContain(word)
})
