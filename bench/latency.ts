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

/** Concurrent uploads while `capacity` measures the maximum rate. */
const CLIENTS = 8

/** Milliseconds from the answer to `ready`, on an idle stack. */
const BOUND = 120

/** Milliseconds from the request to the answer, and from the answer to `ready`. */
interface Times {
  readonly answer: number
  readonly ready: number
}

const picture = readFileSync(new URL('../docs/sample.jpg', import.meta.url))

/** `ready` is the time when the queue reports the job as completed. The row is committed before that. */
export const part: Part = {
  what: 'time that a user waits, alone and while other users send half of the maximum rate',
  measure: (effort) =>
    onServers(
      async (world) => {
        const [{ port }] = await Promise.all([world.startApiProcess(), world.startWorkerProcess()])
        const idle = await uploads(world, port, 'uploads, alone', effort)
        const rate = (await capacity(world, port, effort)) / 2
        const others = startBackgroundLoad(world, port, rate)
        const busy = await uploads(world, port, 'uploads, with background load', effort)
        await others.stop()
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
    throw new Error(`The upload ended with the outcome ${outcome}`)
  return { answer: answered - sent, ready: performance.now() - answered }
}

/** @returns uploads per second that become ready while the queue is never empty */
async function capacity(world: World, port: number, effort: Effort): Promise<number> {
  const { capacity: count } = PLAN[effort]
  const bar = new ProgressBar('uploads, at the maximum rate', count)
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

/** Sends `rate` uploads per second of other users, without waiting for their outcomes. */
function startBackgroundLoad(world: World, port: number, rate: number): { stop(): Promise<void> } {
  const pending = new Set<Promise<unknown>>()
  let isRunning = true
  const send = async () => {
    for (let i = 0; isRunning; i++) {
      const one = measure(world, port, `other-${i}`).finally(() => pending.delete(one))
      pending.add(one)
      await delay(1000 / rate)
    }
  }
  const sending = send()
  return {
    async stop() {
      isRunning = false
      await sending
      await Promise.all(pending)
    },
  }
}

function report(idle: readonly Times[], busy: readonly Times[], rate: number): Report {
  const withLoad = `with ${rate.toFixed(1)} other uploads per second`
  const rows = [...rowsOf('alone', idle), ...rowsOf(withLoad, busy)]
  const kilobytes = Math.round(picture.length / 1000)
  const value = quantile(
    idle.map(({ ready }) => ready),
    0.5,
  )
  const bars = rows.map((row) => ({ label: `${row.time}, ${row.load}`, value: row['median ms'] }))
  return {
    tables: [{ title: `${idle.length} uploads of ${kilobytes} KB, one after the other`, rows }],
    charts: [{ title: 'Time that a user waits, median', unit: 'ms', bars }],
    targets: [
      {
        what: 'ms from the answer to ready, alone, median,',
        value,
        sense: 'at most',
        bound: BOUND,
      },
    ],
  }
}

function rowsOf(load: string, times: readonly Times[]) {
  const row = (time: string, values: readonly number[]) => ({
    load,
    time,
    'median ms': quantile(values, 0.5),
    'p95 ms': quantile(values, 0.95),
  })
  return [
    row(
      'PUT to answer',
      times.map(({ answer }) => answer),
    ),
    row(
      'answer to ready',
      times.map(({ ready }) => ready),
    ),
  ]
}
