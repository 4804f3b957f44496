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

test.each(Object.entries(ENDED))('%s is an end: %s', (state, ended) => {
  expect(isOutcome(state as UploadState)).toBe(ended)
})

test('every state is either pending or an end', () => {
  expect([...pendingStates, ...outcomes].toSorted()).toEqual(Object.keys(ENDED).toSorted())
})

test('no word of the queue library is one of ours', () => {
  const theirs = ['waiting', 'active', 'completed', 'delayed', 'paused', 'prioritized']
  for (const word of theirs) expect([...pendingStates, ...outcomes]).not.toContain(word)
})
