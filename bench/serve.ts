import { readFileSync } from 'node:fs'
import { variantFile } from '@visage/shared/avatar/keys'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { startForkedServer } from './support/forked-server.ts'
import { load, type Target } from './support/load.ts'
import type { Effort, Part, Report } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, upload } from './support/service.ts'

/** Each user has one connection and requests one picture. A busy process has more users. */
const USERS = Array.from({ length: 64 }, (_, i) => `bench-${i + 10}`)
/** Many short rounds: other load on the machine usually lasts longer than one round and then affects all targets. */
const PLAN = { quick: { rounds: 1, round: 300 }, full: { rounds: 40, round: 500 } }

/** Gets the same requests as the current picture, so that both servers parse the same headers. */
const BARE = 'bare Koa, constant answer'
const CURRENT = 'current picture, 304'
const VARIANT = 'variant, 304'
/** Minimum rate, relative to bare Koa. */
const BOUND = 0.6

const picture = readFileSync(new URL('../docs/sample.jpg', import.meta.url))

export const part: Part = {
  what: 'pictures served per second, compared with a Koa server that sends a constant',
  measure: (effort) =>
    onServers(async (world) => {
      const [api, worker] = await Promise.all([world.startApiProcess(), world.startWorkerProcess()])
      const ids = await Promise.all(USERS.map((user) => upload(api.port, user, picture)))
      for (const id of ids) await world.outcome(id)
      await worker.stop()
      const bare = await startForkedServer(new URL('./serve/bare-main.ts', import.meta.url))
      try {
        const targets = targetsOf(api.port, ids)
        const constant = { ...targets[CURRENT], port: bare.port, status: 200 }
        return report(await measure({ [BARE]: constant, ...targets }, effort), effort)
      } finally {
        bare.stop()
      }
    }),
}

/** Targets for the WebP variant of 128 pixels, at both of its URLs. */
function targetsOf(port: number, ids: readonly string[]) {
  const file = variantFile({ size: 128, format: 'webp' })
  const requestsFor = (path: (user: string, id: string) => string, isKnown: boolean) =>
    USERS.map((user, i) => {
      const id = ids[i] ?? ''
      const known = isKnown ? { 'If-None-Match': `"${id}/${file}"` } : {}
      return { path: path(user, id), headers: { Accept: 'image/webp', ...known } }
    })
  const current = (user: string) => `/user/avatar/${user}?size=m`
  const variant = (user: string, id: string) => `/user/avatar/${user}/${id}/${file}`
  return {
    [CURRENT]: { port, requests: requestsFor(current, true), status: 304 },
    [VARIANT]: { port, requests: requestsFor(variant, true), status: 304 },
    'current picture, 200': { port, requests: requestsFor(current, false), status: 200 },
    'variant, 200': { port, requests: requestsFor(variant, false), status: 200 },
  } satisfies Record<string, Target>
}

/** Measures the targets in turns, so that other load on the machine affects all of them. The first round is a warm-up. */
async function measure(
  targets: Record<string, Target>,
  effort: Effort,
): Promise<Record<string, number[]>> {
  const { rounds, round } = PLAN[effort]
  const entries = Object.entries(targets)
  const bar = new ProgressBar('rounds', (rounds + 1) * entries.length)
  const rates: Record<string, number[]> = Object.fromEntries(entries.map(([name]) => [name, []]))
  for (let i = 0; i <= rounds; i++) {
    for (const [name, target] of entries) {
      const { rate } = await load(target, round)
      if (i > 0) rates[name]?.push(rate)
      bar.step()
    }
  }
  bar.end()
  return rates
}

function report(rates: Readonly<Record<string, readonly number[]>>, effort: Effort): Report {
  const { rounds, round } = PLAN[effort]
  const share = (name: string) => quantile(sharesOf(rates, name), 0.5)
  const rows = Object.entries(rates).map(([what, all]) => ({
    what,
    'median per second': quantile(all, 0.5),
    'relative to bare Koa': share(what),
  }))
  const bars = rows.map((row) => ({ label: row.what, value: row['median per second'] }))
  const title = `${rounds} rounds of ${round / 1000} s each, ${USERS.length} connections, one API process`
  const target = (what: string) =>
    ({
      what: `${what}, relative to bare Koa,`,
      value: share(what),
      sense: 'at least',
      bound: BOUND,
    }) as const
  return {
    tables: [{ title, rows }],
    charts: [{ title: 'Answers per second, one API process', unit: 'per second', bars }],
    targets: [target(CURRENT), target(VARIANT)],
  }
}

/** Rates relative to bare Koa in the same round. */
function sharesOf(rates: Readonly<Record<string, readonly number[]>>, name: string): number[] {
  return (rates[name] ?? []).map((rate, round) => rate / (rates[BARE]?.[round] ?? Number.NaN))
}
