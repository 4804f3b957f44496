/** A run of one tier on one version of Node. */
export interface Part {
  readonly title: string
  readonly tier: 'fast' | 'slow'
  /** Absent: the Node that runs this process. */
  readonly node?: 24
}

/** In the order in which they run. */
export const parts = {
  fast: { title: 'Fast tier', tier: 'fast' },
  slow: { title: 'Slow tier', tier: 'slow' },
  node24: { title: 'Fast tier on Node 24', tier: 'fast', node: 24 },
} as const satisfies Readonly<Record<string, Part>>

export type PartName = keyof typeof parts

export interface Selection {
  readonly parts: readonly PartName[]
  /** Files with the results of earlier runs, which the totals include. */
  readonly results: readonly string[]
}

const RESULT = '--result='

/** Reads the arguments of `npm run test:all`: names of parts, none for all of them, and earlier results. */
export function readSelection(args: readonly string[]): Selection {
  const names = args.filter((arg) => !arg.startsWith(RESULT))
  const unknown = names.find((name) => !Object.hasOwn(parts, name))
  const all = Object.keys(parts) as PartName[]
  if (unknown) {
    throw new Error(
      `Unknown part "${unknown}". Valid parts: ${all.join(', ')}. Without a part, all of them run. Usage: npm run test:all -- [part …] [--result=<file> …]`,
    )
  }
  const results = args.filter((arg) => arg.startsWith(RESULT))
  return {
    parts: names.length > 0 ? all.filter((name) => names.includes(name)) : all,
    results: results.map((arg) => arg.slice(RESULT.length)),
  }
}
