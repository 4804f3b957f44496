import { readFileSync } from 'node:fs'

/** The fields of a CPU profile (Chrome DevTools Protocol, `Profiler.Profile`) that `sharesOf` reads. */
interface Profile {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string } }[]
  readonly samples: readonly number[]
  /** Microseconds between two samples. */
  readonly timeDeltas: readonly number[]
}

const IDLE = new Set(['(idle)', '(root)'])

/** Shares of the busy time by owner of the running code, the largest first. */
export function sharesOf(file: string): [owner: string, share: number][] {
  const { nodes, samples, timeDeltas }: Profile = JSON.parse(readFileSync(file, 'utf8'))
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]))
  const times = new Map<string, number>()
  for (const [i, id] of samples.entries()) {
    const owner = owners.get(id)
    if (owner) times.set(owner, (times.get(owner) ?? 0) + (timeDeltas[i] ?? 0))
  }
  const total = [...times.values()].reduce((a, b) => a + b)
  return [...times].map(([owner, time]): [string, number] => [owner, time / total]).sort(byShare)
}

const byShare = (a: [string, number], b: [string, number]) => b[1] - a[1]

function ownerOf({ functionName, url }: { functionName: string; url: string }): string | undefined {
  if (IDLE.has(functionName)) return undefined
  if (functionName === '(garbage collector)') return 'garbage collection'
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? []
  if (name) return name
  return url.startsWith('file:') ? 'Visage' : 'Node'
}
