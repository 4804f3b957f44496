import { describe, expect, test } from 'vitest'
import { type RunState, secondsLeft } from '../../support/runner/estimate.ts'

const start: RunState = { waiting: [], running: {}, ended: {}, elapsed: 0, workers: 2 }

describe('the seconds that are left', () => {
  test.each<[what: string, state: Partial<RunState>, seconds: number | undefined]>([
    ['nothing is known of any file', { waiting: ['new'] }, undefined],
    ['the workers share the files', { waiting: ['a', 'b', 'c'] }, 15],
    ['the longest file ends last', { waiting: ['a', 'long'] }, 100],
    ['fewer files than workers wait', { waiting: ['a'], workers: 8 }, 10],
    ['a file has run for a while', { running: { a: 4 } }, 6],
    ['a file runs longer than before', { running: { a: 40 } }, 0],
    ['everything has ended', { ended: { a: 10 } }, 0],
  ])('%s', (_, state, seconds) => {
    expect(secondsLeft({ ...start, ...state }, state.waiting?.[0] === 'new' ? {} : known)).toBe(
      seconds,
    )
  })

  const known = { a: 10, b: 10, c: 10, long: 100 }

  test('a new file counts as the median of the previous run', () => {
    expect(secondsLeft({ ...start, waiting: ['new'] }, { a: 1, b: 7, c: 90 })).toBe(7)
  })

  test('without a previous run, a file counts as the mean', () => {
    expect(secondsLeft({ ...start, waiting: ['new'], ended: { x: 1, y: 5 } }, {})).toBe(3)
  })

  test('the time between two files is part of it', () => {
    const ended = { a: 5, b: 5, c: 5, d: 5 }
    const state = { ...start, waiting: ['x', 'y'], ended, elapsed: 20 }
    expect(secondsLeft(state, { x: 10, y: 10 })).toBe(20)
  })

  test('one slow start does not multiply it', () => {
    const ended = { a: 1, b: 1, c: 1, d: 1 }
    const state = { ...start, waiting: ['x', 'y'], ended, elapsed: 100 }
    expect(secondsLeft(state, { x: 10, y: 10 })).toBe(30)
  })
})
