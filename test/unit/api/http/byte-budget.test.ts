import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteBudget } from '../../../../apps/api/src/http/body/byte-budget.ts'
import { unscraped } from '../../../support/domain/metrics.ts'

const budgetOf = (bytes: number) => new ByteBudget(bytes, unscraped.api)

describe('a budget of bytes', () => {
  test('is given up to its limit and not a byte further', () => {
    const budget = budgetOf(100)
    budget.take(60)
    budget.take(40)
    expect(() => budget.take(1)).toThrow(
      expect.objectContaining({ problem: 'unavailable', status: 503 }),
    )
    expect(() => budget.take(0)).not.toThrow()
  })

  test('has what is given back to give again, once', () => {
    const budget = budgetOf(100)
    const giveBack = budget.take(100)
    giveBack()
    giveBack()
    budget.take(100)
    expect(() => budget.take(1)).toThrow()
  })

  test('is not touched by what it refuses', () => {
    const budget = budgetOf(100)
    expect(() => budget.take(101)).toThrow()
    expect(() => budget.take(100)).not.toThrow()
  })

  test('holds over any order of taking and giving back', () => {
    const steps = fc.array(fc.record({ bytes: fc.nat(60), back: fc.boolean() }), { maxLength: 50 })
    fc.assert(
      fc.property(steps, (all) => {
        const budget = budgetOf(100)
        const held: { bytes: number; giveBack: () => void }[] = []
        const sum = () => held.reduce((total, { bytes }) => total + bytes, 0)
        for (const { bytes, back } of all) {
          if (back) held.shift()?.giveBack()
          else if (sum() + bytes > 100) expect(() => budget.take(bytes)).toThrow()
          else held.push({ bytes, giveBack: budget.take(bytes) })
        }
      }),
    )
  })
})
