import type { RerenderReport, RerenderResult } from './rerender-all.ts'

/** In the order in which they are said; what there is none of is not. */
const SENTENCES: Readonly<Record<RerenderResult, (n: number) => string>> = {
  ready: (n) => `${count(n)} rendered anew.`,
  superseded: (n) => `${count(n)} changed by the user meanwhile.`,
  no_original: (n) => `${count(n)} left as before for want of an original.`,
  rejected: (n) => `${count(n)} left as before, as today's recipe or limits cannot render it.`,
  failed: (n) => `${count(n)} left as before after trouble of ours; the workers' logs say why.`,
  other_recipe: (n) =>
    `${count(n)} left as before by workers with another recipe: give them the settings of this command, and run it again.`,
  queued: (n) => `${count(n)} still queued, to be rendered anew. Run it again for the rest.`,
}

const count = (n: number) => `${n} ${n === 1 ? 'picture' : 'pictures'}`

/** What was done, in one paragraph. */
export function summary(report: RerenderReport): string {
  const ends = Object.keys(SENTENCES) as RerenderResult[]
  const said = ends.filter((end) => end === 'ready' || report[end] > 0)
  return `${said.map((end) => SENTENCES[end](report[end])).join(' ')}\n`
}

/** What a dry run found. */
export function dryRunSummary({ queued, no_original: without }: RerenderReport): string {
  return [
    `${count(queued + without)} rendered by another recipe than today's:`,
    `${queued} can be rendered anew, ${without} cannot, for want of an original.\n`,
  ].join(' ')
}

/** 0 where nothing is left that could be rendered anew. */
export function exitCode({ rejected, failed, other_recipe }: RerenderReport): number {
  return rejected + failed + other_recipe > 0 ? 1 : 0
}
