import { median } from './cpu.ts'
import type { Row } from './part.ts'

/**
 * Costs in milliseconds by step and round. Each entry includes all steps up to its own, so the last entry is the total cost.
 */
export type CumulativeCosts = ReadonlyMap<string, readonly number[]>

/** Median over the rounds of the last entry. */
export function totalCost(costs: CumulativeCosts): number {
  return median([...costs.values()].at(-1) ?? [])
}

/**
 * One row for each step. Its cost is the median over the rounds of the difference to the previous entry in the same round.
 * @param unit the noun that the cost is for, such as "upload"
 */
export function stepRows(costs: CumulativeCosts, unit: string): Row[] {
  const total = totalCost(costs)
  const all = [...costs.values()]
  return [...costs].map(([step, rounds], i): Row => {
    const cost = median(rounds.map((sum, round) => sum - (all[i - 1]?.[round] ?? 0)))
    return { step, [`ms per ${unit}`]: cost, share: cost / total }
  })
}
