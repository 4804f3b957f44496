import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { World } from '../test/support/world/world.ts'
import { cpuByOwner, withCpu } from './accept/cpu.ts'
import { cpuBySteps } from './accept/steps.ts'
import { type Body, CLIENTS, picturesToSend, targetOf } from './accept/uploads.ts'
import { startForkedServer } from './support/forked-server.ts'
import { type Load, load } from './support/load.ts'
import type { Effort, Part, Report, Row } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers } from './support/service.ts'

const PLAN = { quick: { rounds: 1, round: 250 }, full: { rounds: 7, round: 3000 } }

const VISAGE = 'Visage'
const BARE = 'bare Koa, the same three calls'
const AT_ONCE = 'resizing before the answer'

/** Rate and p99 of Visage, relative to the other two servers. */
const BOUNDS = { bare: { rate: 0.9, p99: 1.2 }, atOnce: { rate: 10, p99: 0.1 } }

export const part: Part = {
  what: `uploads accepted with ${CLIENTS} clients: Visage, a bare Koa server with the same calls, and a server that resizes before it answers`,
  measure: (effort) =>
    onServers(async (world) => {
      const bodies = await picturesToSend()
      const measured = await compare(world, bodies, effort)
      const [{ bytes: small } = { bytes: Buffer.alloc(0) }] = bodies
      const owners = await cpuByOwner(world, small, 4 * PLAN[effort].round)
      const steps = await cpuBySteps(world, small, PLAN[effort])
      return withCpu(report(measured), owners, steps)
    }),
}

type Servers = Readonly<Record<string, number>>
type Rounds = Record<string, Load[]>

/** Measures the servers in turns, so that other load on the machine affects all of them. The first round is a warm-up. */
async function compare(world: World, bodies: readonly Body[], effort: Effort) {
  const { rounds, round } = PLAN[effort]
  const api = await world.startApiProcess()
  const start = (main: string) => startForkedServer(new URL(main, import.meta.url), world.env)
  const bare = await start('./accept/bare-main.ts')
  const atOnce = await start('./accept/at-once-main.ts')
  const servers: Servers = { [VISAGE]: api.port, [BARE]: bare.port, [AT_ONCE]: atOnce.port }
  const bar = new ProgressBar('rounds', bodies.length * (rounds + 1) * 3)
  const measured: { body: Body; loads: Rounds }[] = []
  for (const body of bodies) {
    const loads: Rounds = Object.fromEntries(Object.keys(servers).map((name) => [name, []]))
    for (let i = 0; i <= rounds; i++) {
      for (const [name, port] of Object.entries(servers)) {
        const one = await load(targetOf(port, body.bytes), round)
        if (i > 0) loads[name]?.push(one)
        bar.step()
      }
    }
    measured.push({ body, loads })
  }
  bar.end()
  bare.stop()
  atOnce.stop()
  await api.stop()
  return measured
}

type Measured = Awaited<ReturnType<typeof compare>>

function report(measured: Measured): Report {
  const tables = measured.map(({ body, loads }) => ({
    title: `${body.name} (${Math.round(body.bytes.length / 1000)} KB), medians of the rounds`,
    rows: Object.keys(loads).map((name) => rowOf(name, loads)),
  }))
  const charts = measured.map(({ body, loads }) => ({
    title: `Accepted uploads of ${body.name} per second, ${CLIENTS} clients`,
    unit: 'per second',
    bars: Object.keys(loads).map((label) => ({ label, value: medianOf(loads[label], rateOf) })),
  }))
  return { tables, charts, targets: measured.flatMap(targetsOf) }
}

function rowOf(name: string, loads: Rounds): Row {
  return {
    server: name,
    'per second': medianOf(loads[name], rateOf),
    'p50 ms': medianOf(loads[name], at(0.5)),
    'p99 ms': medianOf(loads[name], at(0.99)),
    'rate / bare Koa': ratioOf(loads, name, BARE, rateOf),
    'p99 / bare Koa': ratioOf(loads, name, BARE, at(0.99)),
  }
}

function targetsOf({ body: { name }, loads }: Measured[number]): Report['targets'] {
  const relative = (other: string, of: (one: Load) => number) => ratioOf(loads, VISAGE, other, of)
  return [
    {
      what: `${name}: uploads per second, relative to bare Koa,`,
      value: relative(BARE, rateOf),
      sense: 'at least',
      bound: BOUNDS.bare.rate,
    },
    {
      what: `${name}: p99, relative to bare Koa,`,
      value: relative(BARE, at(0.99)),
      sense: 'at most',
      bound: BOUNDS.bare.p99,
    },
    {
      what: `${name}: uploads per second, relative to resizing before the answer,`,
      value: relative(AT_ONCE, rateOf),
      sense: 'at least',
      bound: BOUNDS.atOnce.rate,
    },
    {
      what: `${name}: p99, relative to resizing before the answer,`,
      value: relative(AT_ONCE, at(0.99)),
      sense: 'at most',
      bound: BOUNDS.atOnce.p99,
    },
  ]
}

const rateOf = ({ rate }: Load) => rate
const at =
  (share: number) =>
  ({ times }: Load) =>
    quantile(times, share)
const medianOf = (loads: readonly Load[] = [], of: (one: Load) => number) =>
  quantile(loads.map(of), 0.5)

/** Median over the rounds of the ratio of two servers in the same round. */
function ratioOf(loads: Rounds, name: string, other: string, of: (one: Load) => number): number {
  const others = loads[other] ?? []
  const ratios = (loads[name] ?? []).map((one, i) => of(one) / of(others[i] as Load))
  return quantile(ratios, 0.5)
}
