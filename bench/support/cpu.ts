import { quantile } from './quantile.ts'

export type Work = () => Promise<unknown>

/** CPU milliseconds (user and system) of the whole process during `work`. */
export async function cpuOf(work: Work): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

export interface Rounds {
  readonly warmUp: number
  readonly rounds: number
  readonly step?: () => void
}

/**
 * CPU milliseconds of each work in each round. Each round runs all works once, so that other load on the machine affects all of
 * them.
 */
export async function interleave<Name extends string>(
  works: Readonly<Record<Name, Work>>,
  { warmUp, rounds, step }: Rounds,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const time = await cpuOf(works[name])
      if (round >= 0) times[name].push(time)
    }
    step?.()
  }
  return times
}

export const median = (values: readonly number[]) => quantile(values, 0.5)

/** Median over the rounds of the ratio of two times in the same round. */
export function ratio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((time, round) => time / (to[round] ?? Number.NaN)))
}
