import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { World } from '../test/support/world/world.ts'
import { cpuByOwner, withCpu } from './accept/cpu.ts'
import { cpuBySteps } from './accept/steps.ts'
import { type Body, CLIENTS, picturesToSend, targetOf } from './accept/uploads.ts'
import { startForked } from './support/forked.ts'
import { type Load, load } from './support/load.ts'
import type { Effort, Part, Report, Row } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers } from './support/service.ts'

const PLAN = { quick: { rounds: 1, round: 250 }, full: { rounds: 7, round: 3000 } }

const OURS = 'Visage'
const BARE = 'bare Koa, the same three calls'
const AT_ONCE = 'resized before the answer'

/** Of the bare one's rate and p99; and of the other's. */
const BOUNDS = { rate: 0.9, p99: 1.2, times: 10, tenth: 0.1 }

export const part: Part = {
  what: `uploads accepted, ${CLIENTS} clients: ours, as little as can be done, and what one would write first`,
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

/** Interleaved, so that whatever else the machine does meets all of them; the first round warms up. */
async function compare(world: World, bodies: readonly Body[], effort: Effort) {
  const { rounds, round } = PLAN[effort]
  const api = await world.startApiProcess()
  const bare = await startForked(new URL('./accept/bare-main.ts', import.meta.url), world.env)
  const atOnce = await startForked(new URL('./accept/at-once-main.ts', import.meta.url), world.env)
  const servers: Servers = { [OURS]: api.port, [BARE]: bare.port, [AT_ONCE]: atOnce.port }
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
    title: `Uploads of ${body.name} accepted a second, ${CLIENTS} clients`,
    unit: 'a second',
    bars: Object.keys(loads).map((label) => ({ label, value: medianOf(loads[label], rateOf) })),
  }))
  return { tables, charts, targets: measured.flatMap(targetsOf) }
}

function rowOf(name: string, loads: Rounds): Row {
  return {
    server: name,
    'a second': medianOf(loads[name], rateOf),
    'p50 ms': medianOf(loads[name], at(0.5)),
    'p99 ms': medianOf(loads[name], at(0.99)),
    'rate of the bare one': shareOf(loads, name, BARE, rateOf),
    'p99 of the bare one': shareOf(loads, name, BARE, at(0.99)),
  }
}

function targetsOf({ body: { name }, loads }: Measured[number]): Report['targets'] {
  const ours = (other: string, of: (one: Load) => number) => shareOf(loads, OURS, other, of)
  return [
    {
      what: `${name}: uploads a second, of the bare one's,`,
      value: ours(BARE, rateOf),
      sense: 'at least',
      bound: BOUNDS.rate,
    },
    {
      what: `${name}: p99, of the bare one's,`,
      value: ours(BARE, at(0.99)),
      sense: 'at most',
      bound: BOUNDS.p99,
    },
    {
      what: `${name}: uploads a second, of those resized before the answer,`,
      value: ours(AT_ONCE, rateOf),
      sense: 'at least',
      bound: BOUNDS.times,
    },
    {
      what: `${name}: p99, of those resized before the answer,`,
      value: ours(AT_ONCE, at(0.99)),
      sense: 'at most',
      bound: BOUNDS.tenth,
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

/** The median over the rounds, each against the other of the same round. */
function shareOf(loads: Rounds, name: string, other: string, of: (one: Load) => number): number {
  const others = loads[other] ?? []
  const shares = (loads[name] ?? []).map((one, i) => of(one) / of(others[i] as Load))
  return quantile(shares, 0.5)
}
