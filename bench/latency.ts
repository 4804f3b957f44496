import { readFileSync } from 'node:fs'
import { ProgressBar } from '../apps/worker/src/audit/progress-bar.ts'
import type { World } from '../test/support/world.ts'
import type { Part, Report } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, upload } from './support/service.ts'

const WARM_UP = 10
const ROUNDS = 100

interface Times {
  readonly answer: number
  readonly ready: number
}

const picture = readFileSync(new URL('../docs/sample.jpg', import.meta.url))

/** `ready` is the moment when the queue says that the job is done, which is after the row is committed. */
export const part: Part = {
  what: 'how long a user waits, one upload at a time on an idle stack',
  measure: () =>
    onServers(
      async (world) => {
        const [api] = await Promise.all([world.startApi(), world.startWorker()])
        return report(await uploads(world, api.port))
      },
      { durable: true },
    ),
}

async function uploads(world: World, port: number): Promise<Times[]> {
  const bar = new ProgressBar('uploads', WARM_UP + ROUNDS)
  const times: Times[] = []
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    times.push(await measure(world, port, round))
    bar.step()
  }
  bar.end()
  return times.slice(WARM_UP)
}

async function measure(world: World, port: number, round: number): Promise<Times> {
  const sent = performance.now()
  const id = await upload(port, `bench-${round}`, picture)
  const answered = performance.now()
  const outcome = await world.outcome(id)
  if (outcome !== 'ready') throw new Error(`the upload ended as ${outcome}`)
  return { answer: answered - sent, ready: performance.now() - answered }
}

function report(times: readonly Times[]): Report {
  const row = (what: string, values: readonly number[]) => ({
    what,
    'median ms': quantile(values, 0.5),
    'p95 ms': quantile(values, 0.95),
  })
  const kilobytes = Math.round(picture.length / 1000)
  const rows = [
    row(
      'PUT to its answer',
      times.map((time) => time.answer),
    ),
    row(
      'answer to ready',
      times.map((time) => time.ready),
    ),
  ]
  return { tables: [{ title: `${ROUNDS} uploads of ${kilobytes} KB`, rows }], targets: [] }
}
