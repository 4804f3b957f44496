import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '@visage/stack/app'
import { Events } from '../test/support/http/events.ts'
import { tiny } from '../test/support/pictures/tiny.ts'
import { memory } from '../test/support/servers/processes.ts'
import type { World } from '../test/support/world/world.ts'
import type { Part, Row } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, upload } from './support/service.ts'

const STREAMS = 1000
const WARM_UP = 50

/** Milliseconds. Each stream gets its queue position several times during this time. */
const SETTLE = 5000

/** The user of each stream. Each user has one upload. */
const scenarios = {
  'one upload each': (stream: number) => `bench-${stream}`,
  'the same upload': () => 'bench',
} as const

/** The uploads go to another API process, so that the memory includes only the streams. */
export const part: Part = {
  what: `${STREAMS} event streams of one API process: their memory, and the delay of the outcome`,
  measure: () =>
    onServers(async (world) => {
      const rows: Row[] = []
      for (const [follows, userOf] of Object.entries(scenarios))
        rows.push(await measure(world, follows, userOf))
      return { tables: [{ title: `${STREAMS} event streams`, rows }], targets: [] }
    }),
}

async function measure(world: World, follows: string, userOf: (i: number) => string): Promise<Row> {
  const [front, api] = await Promise.all([world.startApiProcess(), world.startApiProcess()])
  const users = Array.from({ length: STREAMS }, (_, i) => userOf(i))
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
    'streams of': follows,
    'API MiB before': before / 1024 ** 2,
    'while open': held / 1024 ** 2,
    'after the outcome': after / 1024 ** 2,
    'KiB each': (held - before) / STREAMS / 1024,
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

/** Opens and closes a few streams, so that code is compiled and caches are filled before the memory is measured. */
async function warmUp(api: App, users: string[], ids: Map<string, string>): Promise<void> {
  const streams = await open(api, users.slice(0, WARM_UP), ids)
  for (const stream of streams) await stream[Symbol.asyncDispose]()
}

/** Opens the streams, and waits until each has its queue position. */
async function open(api: App, users: string[], ids: Map<string, string>): Promise<Events[]> {
  const streams: Events[] = []
  for (const user of users) {
    const events = await Events.open(api, user, ids.get(user) ?? '')
    await events.next()
    streams.push(events)
  }
  return streams
}

/** Milliseconds from `finished_at` to the arrival of the outcome. Both times are from the clock of this machine. */
async function lag(events: Events): Promise<number> {
  for (;;) {
    const { data } = await events.next()
    if (data.finished_at) return Date.now() - Date.parse(data.finished_at)
  }
}
