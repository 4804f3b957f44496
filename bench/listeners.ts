import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '@visage/stack/app'
import { Events } from '../test/support/http/events.ts'
import { tiny } from '../test/support/pictures/tiny.ts'
import { memory } from '../test/support/servers/processes.ts'
import type { World } from '../test/support/world/world.ts'
import type { Part, Row } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, upload } from './support/service.ts'

const LISTENERS = 1000
const WARM_UP = 50

/** Milliseconds in which places in line are told a few times. */
const SETTLE = 5000

/** Which user each listener is: one who follows an upload of its own, or one for all. */
const crowds = {
  'an upload each': (listener: number) => `bench-${listener}`,
  'all of one upload': () => 'bench',
} as const

/** Uploads go to another API process, so that only what listening takes is seen. */
export const part: Part = {
  what: `${LISTENERS} event streams of one API process: what they take, and when they are told`,
  measure: () =>
    onServers(async (world) => {
      const rows: Row[] = []
      for (const [what, userOf] of Object.entries(crowds))
        rows.push(await crowd(world, what, userOf))
      return { tables: [{ title: `${LISTENERS} listeners`, rows }], targets: [] }
    }),
}

async function crowd(world: World, what: string, userOf: (i: number) => string): Promise<Row> {
  const [front, api] = await Promise.all([world.startApiProcess(), world.startApiProcess()])
  const users = Array.from({ length: LISTENERS }, (_, i) => userOf(i))
  const ids = await accept(front, new Set(users))
  await warmUp(api, users, ids)
  const before = memory(api.pid)
  const streams = await open(api, users, ids)
  await delay(SETTLE)
  const held = memory(api.pid)
  const worker = await world.startWorkerProcess()
  const lags = await Promise.all(streams.map(lag))
  const after = memory(api.pid)
  await Promise.all([front, api, worker].map((app) => app.stop()))
  return {
    what,
    'API MiB before': before / 1024 ** 2,
    'with them': held / 1024 ** 2,
    'after them': after / 1024 ** 2,
    'KiB each': (held - before) / LISTENERS / 1024,
    'median ms': quantile(lags, 0.5),
    'p95 ms': quantile(lags, 0.95),
    'last ms': quantile(lags, 1),
  }
}

async function accept(api: App, users: ReadonlySet<string>): Promise<Map<string, string>> {
  const picture = await tiny()
  const ids = new Map<string, string>()
  for (const user of users) ids.set(user, await upload(api.port, user, picture))
  return ids
}

/** Code is compiled and caches are filled before anything is weighed. */
async function warmUp(api: App, users: string[], ids: Map<string, string>): Promise<void> {
  const streams = await open(api, users.slice(0, WARM_UP), ids)
  for (const stream of streams) await stream[Symbol.asyncDispose]()
}

/** Each has been told its place in line. */
async function open(api: App, users: string[], ids: Map<string, string>): Promise<Events[]> {
  const streams: Events[] = []
  for (const user of users) {
    const events = await Events.open(api, user, ids.get(user) ?? '')
    await events.next()
    streams.push(events)
  }
  return streams
}

/** Milliseconds from the outcome's being written to its being read; one clock, as all is on one machine. */
async function lag(events: Events): Promise<number> {
  for (;;) {
    const { data } = await events.next()
    if (data.finished_at) return Date.now() - Date.parse(data.finished_at)
  }
}
