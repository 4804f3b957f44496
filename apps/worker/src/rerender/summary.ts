import type { RerenderReport, RerenderResult } from './rerender-all.ts'

/** Sentence of each result, in the order of the summary. */
const SENTENCES: Readonly<Record<RerenderResult, (n: number) => string>> = {
  ready: (n) => `${count(n)} rendered again.`,
  superseded: (n) => `${count(n)} skipped: changed by the user in the meantime.`,
  no_original: (n) => `${count(n)} unchanged: no original is stored.`,
  rejected: (n) => `${count(n)} unchanged: rejected by the current recipe or limits.`,
  failed: (n) => `${count(n)} unchanged: rendering failed. See the logs of the workers.`,
  other_recipe: (n) =>
    `${count(n)} unchanged: the workers use another recipe. Give them the settings of this command, and run it again.`,
  queued: (n) => `${count(n)} still queued for rendering. Run this command again for the rest.`,
}

const count = (n: number) => `${n} ${n === 1 ? 'picture' : 'pictures'}`

/** Describes a run in one paragraph. Always includes `ready`, and other results only if they occurred. */
export function rerenderSummary(report: RerenderReport): string {
  const results = Object.keys(SENTENCES) as RerenderResult[]
  const included = results.filter((result) => result === 'ready' || report[result] > 0)
  return `${included.map((result) => SENTENCES[result](report[result])).join(' ')}\n`
}

/** Describes a dry run in one paragraph. */
export function dryRunSummary({ queued, no_original: withoutOriginal }: RerenderReport): string {
  return [
    `${count(queued + withoutOriginal)} rendered by another recipe:`,
    `${queued} can be rendered again, ${withoutOriginal} cannot because no original is stored.\n`,
  ].join(' ')
}

/** Returns 1 if a picture was rejected, failed or met a worker with another recipe; otherwise 0. */
export function exitCode({ rejected, failed, other_recipe }: RerenderReport): number {
  return rejected + failed + other_recipe > 0 ? 1 : 0
}
