import { readFileSync } from 'node:fs'
import { variantFile } from '@visage/shared/avatar/keys'
import { ProgressBar } from '../apps/worker/src/audit/progress-bar.ts'
import { startBare } from './serve/bare.ts'
import { load, type Target } from './serve/load.ts'
import type { Part, Report } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, upload } from './support/service.ts'

const USER = 'bench'
const CONNECTIONS = 16
const ROUND = 2000
const ROUNDS = 9

const BARE = 'bare Koa, a constant'
const BOUND = 0.6

const picture = readFileSync(new URL('../docs/sample.jpg', import.meta.url))

export const part: Part = {
  what: 'pictures served a second, against a Koa that does nothing',
  measure: () =>
    onServers(async (world) => {
      const [api, worker] = await Promise.all([world.startApi(), world.startWorker()])
      const id = await upload(api.port, USER, picture)
      await world.outcome(id)
      await worker.stop()
      const bare = await startBare()
      try {
        const targets = await targetsOf(api.port, id)
        return report(
          await rounds({ [BARE]: { port: bare.port, path: '/', status: 200 }, ...targets }),
        )
      } finally {
        bare.stop()
      }
    }),
}

/** Of 128 pixels as WebP, by both of its addresses. */
async function targetsOf(port: number, id: string): Promise<Record<string, Target>> {
  const current = `/user/avatar/${USER}?size=m`
  const variant = `/user/avatar/${USER}/${id}/${variantFile({ size: 128, format: 'webp' })}`
  const headers = { Accept: 'image/webp' }
  const answer = await fetch(`http://127.0.0.1:${port}${current}`, { headers })
  const known = { ...headers, 'If-None-Match': answer.headers.get('ETag') ?? '' }
  return {
    'current picture, 304': { port, path: current, headers: known, status: 304 },
    'variant, 304': { port, path: variant, headers: known, status: 304 },
    'current picture, 200': { port, path: current, headers, status: 200 },
    'variant, 200': { port, path: variant, headers, status: 200 },
  }
}

/** Interleaved, so that whatever else the machine does meets all of them; the first round warms up. */
async function rounds(targets: Record<string, Target>): Promise<Record<string, number[]>> {
  const entries = Object.entries(targets)
  const bar = new ProgressBar('rounds', (ROUNDS + 1) * entries.length)
  const rates: Record<string, number[]> = Object.fromEntries(entries.map(([name]) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, target] of entries) {
      const rate = await load(target, CONNECTIONS, ROUND)
      if (round > 0) rates[name]?.push(rate)
      bar.step()
    }
  }
  bar.end()
  return rates
}

function report(rates: Readonly<Record<string, readonly number[]>>): Report {
  const share = (name: string) => quantile(sharesOf(rates, name), 0.5)
  const rows = Object.entries(rates).map(([what, all]) => ({
    what,
    'median a second': quantile(all, 0.5),
    'of bare Koa': share(what),
  }))
  const title = `${ROUNDS} rounds of ${ROUND / 1000} s each, ${CONNECTIONS} connections, one API process`
  const target = (what: string) =>
    ({ what: `${what}, of bare Koa`, value: share(what), sense: 'at least', bound: BOUND }) as const
  return {
    tables: [{ title, rows }],
    targets: [target('current picture, 304'), target('variant, 304')],
  }
}

/** Each against the bare one of its own round. */
function sharesOf(rates: Readonly<Record<string, readonly number[]>>, name: string): number[] {
  return (rates[name] ?? []).map((rate, round) => rate / (rates[BARE]?.[round] ?? Number.NaN))
}
