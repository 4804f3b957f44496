import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import type { World } from '../test/support/world/world.ts'
import type { Effort, Part, Report } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, upload } from './support/service.ts'

const PLAN = {
  quick: { warmUp: 2, rounds: 10, capacity: 20 },
  full: { warmUp: 10, rounds: 100, capacity: 200 },
}

/** Uploads under way at the same time while it is found out how many a second there is room for. */
const CLIENTS = 8

/** Milliseconds from the answer to `ready`, on an idle stack. */
const AT_MOST = 120

interface Times {
  readonly answer: number
  readonly ready: number
}

const picture = readFileSync(new URL('../docs/sample.jpg', import.meta.url))

/** `ready` is the moment when the queue says that the job is done, which is after the row is committed. */
export const part: Part = {
  what: 'how long a user waits, alone and among as many others as are half of what there is room for',
  measure: (effort) =>
    onServers(
      async (world) => {
        const [{ port }] = await Promise.all([world.startApiProcess(), world.startWorkerProcess()])
        const idle = await uploads(world, port, 'uploads, alone', effort)
        const rate = (await capacity(world, port, effort)) / 2
        const others = crowd(world, port, rate)
        const busy = await uploads(world, port, 'uploads, among others', effort)
        await others.leave()
        return report(idle, busy, rate)
      },
      { durable: true },
    ),
}

async function uploads(world: World, port: number, what: string, effort: Effort): Promise<Times[]> {
  const { warmUp, rounds } = PLAN[effort]
  const bar = new ProgressBar(what, warmUp + rounds)
  const times: Times[] = []
  for (let round = 0; round < warmUp + rounds; round++) {
    times.push(await measure(world, port, `bench-${round}`))
    bar.step()
  }
  bar.end()
  return times.slice(warmUp)
}

async function measure(world: World, port: number, user: string): Promise<Times> {
  const sent = performance.now()
  const id = await upload(port, user, picture)
  const answered = performance.now()
  const outcome = await world.outcome(id)
  if (outcome !== 'ready' && outcome !== 'superseded')
    throw new Error(`the upload ended as ${outcome}`)
  return { answer: answered - sent, ready: performance.now() - answered }
}

/** @returns uploads a second that become ready, where there is always one that waits */
async function capacity(world: World, port: number, effort: Effort): Promise<number> {
  const { capacity: count } = PLAN[effort]
  const bar = new ProgressBar('uploads, as many as there is room for', count)
  const started = performance.now()
  let next = 0
  const client = async () => {
    for (let i = next++; i < count; i = next++) {
      await measure(world, port, `busy-${i}`)
      bar.step()
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  bar.end()
  return (count * 1000) / (performance.now() - started)
}

/** Others who send their pictures at this rate, whether or not those before are done. */
function crowd(world: World, port: number, rate: number): { leave(): Promise<void> } {
  const sent = new Set<Promise<unknown>>()
  let here = true
  const come = async () => {
    for (let i = 0; here; i++) {
      const one = measure(world, port, `other-${i}`).finally(() => sent.delete(one))
      sent.add(one)
      await delay(1000 / rate)
    }
  }
  const coming = come()
  return {
    async leave() {
      here = false
      await coming
      await Promise.all(sent)
    },
  }
}

function report(idle: readonly Times[], busy: readonly Times[], rate: number): Report {
  const among = `among ${rate.toFixed(1)} others a second`
  const rows = [...rowsOf('alone', idle), ...rowsOf(among, busy)]
  const kilobytes = Math.round(picture.length / 1000)
  const value = quantile(
    idle.map(({ ready }) => ready),
    0.5,
  )
  const bars = rows.map((row) => ({ label: `${row.what}, ${row.who}`, value: row['median ms'] }))
  return {
    tables: [{ title: `${idle.length} uploads of ${kilobytes} KB, one after the other`, rows }],
    charts: [{ title: 'What a user waits, median', unit: 'ms', bars }],
    targets: [
      {
        what: 'ms from the answer to ready, alone, median,',
        value,
        sense: 'at most',
        bound: AT_MOST,
      },
    ],
  }
}

function rowsOf(who: string, times: readonly Times[]) {
  const row = (what: string, values: readonly number[]) => ({
    who,
    what,
    'median ms': quantile(values, 0.5),
    'p95 ms': quantile(values, 0.95),
  })
  return [
    row(
      'PUT to its answer',
      times.map((time) => time.answer),
    ),
    row(
      'answer to ready',
      times.map((time) => time.ready),
    ),
  ]
}
