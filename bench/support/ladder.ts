import { median } from './cpu.ts'
import type { Row } from './part.ts'

/** What each of several ways does more than the one before it, and its cost in each round, milliseconds. */
export type Ladder = ReadonlyMap<string, readonly number[]>

/** Of the last one, which does all. */
export function wholeOf(ladder: Ladder): number {
  return median([...ladder.values()].at(-1) ?? [])
}

/** A step is the median over the rounds of the difference to the one before it in the same round. @param of an upload */
export function stepsOf(ladder: Ladder, of: string): Row[] {
  const whole = wholeOf(ladder)
  const all = [...ladder.values()]
  return [...ladder].map(([step, costs], i): Row => {
    const cost = median(costs.map((cost, round) => cost - (all[i - 1]?.[round] ?? 0)))
    return { step, [`ms ${of}`]: cost, 'of the whole': cost / whole }
  })
}
