import type { MetricDefinition } from '@visage/shared/metrics/metric'
import { processMetrics } from '@visage/shared/metrics/process'
import { beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../apps/api/src/config.ts'
import { apiMetrics } from '../../apps/api/src/metrics.ts'
import { createRouter } from '../../apps/api/src/routes.ts'
import type { Services } from '../../apps/api/src/services.ts'
import { workerMetrics } from '../../apps/worker/src/metrics.ts'
import { silent } from '../support/domain/log.ts'
import { AVATAR, avatarPath, Client, tokenOf } from '../support/http/http.ts'
import { RawConnection } from '../support/http/raw-http.ts'
import { type Sample, scrape } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const PREFIX = '/api/v4'

const world = useWorld({ shared: true })
let api: Client
let ops: readonly number[]
let routes: ReadonlySet<unknown>

beforeAll(async () => {
  const [app, worker] = await Promise.all([
    world.startApi({ API_PREFIX: PREFIX }),
    world.startWorker(),
  ])
  api = new Client(app, PREFIX)
  ops = [app.ports.ops, worker.ports.ops]
  const config = readConfig({ ...world.env, API_PREFIX: PREFIX })
  const { stack } = createRouter(config, { log: silent, limiters: {} } as Services)
  const paths = stack.map(({ path }) => path)
  routes = new Set(['none', ...paths])
})

const all = async () => (await Promise.all(ops.map(scrape))).flat()
const secret = 'mallory-who-is-a-secret'
const image = await photo({ width: 64, height: 64 })

/** Sends every request with values that a client can choose freely. */
async function visit(user: string): Promise<void> {
  const id = await api.upload(user, image)
  await world.outcome(id)
  await api.put(tokenOf(user, { email: `${user}@example.org` }))
  await api.settings(user)
  await api.receipt(user, id)
  for (const query of ['', `?size=${user}`, `?${user}=1`]) await api.get(avatarPath(user, query))
  await api.get(`/${user}`)
  await api.get(`${AVATAR}/uploads/${user}`, { token: tokenOf(user) })
  await api.ask('PUT', `${AVATAR}?crop=${user}`, { token: tokenOf(user), body: image })
  await api.put(user)
}

/** Allowed values of the labels whose definition has no list. */
const elsewhere: Readonly<Record<string, RegExp>> = {
  version: /^\d+\.\d+\.\d+$/,
  node: /^\d+\.\d+\.\d+$/,
  dependency: /^(storage|database|queue)$/,
  task: /^(purge|sweep|audit)$/,
}

function allowed({ labels }: MetricDefinition, label: string, value: string): boolean {
  const values = labels[label]
  if (values === undefined) return label === 'le' && /^(\+Inf|[\d.]+)$/.test(value)
  if (typeof values !== 'string') return values.includes(value)
  return label === 'route' ? routes.has(value) : (elsewhere[label]?.test(value) ?? false)
}

const described = new Map<string, MetricDefinition>(
  [apiMetrics, workerMetrics, processMetrics].flatMap((table) =>
    Object.values(table).map((one: MetricDefinition) => [one.name, one]),
  ),
)

function descriptionOf({ name }: Sample): MetricDefinition | undefined {
  return described.get(name) ?? described.get(name.replace(/_(bucket|sum|count)$/, ''))
}

function isOurs(sample: Sample): boolean {
  const description = descriptionOf(sample)
  const entries = Object.entries(sample.labels)
  return !!description && entries.every(([label, value]) => allowed(description, label, value))
}

describe('for any request', () => {
  it('every label has a value from a fixed list', async () => {
    await visit(secret)
    const connection = await RawConnection.open(api.port)
    await connection.write(`GET http://[${secret} HTTP/1.1\r\nHost: ${secret}\r\n\r\n`)
    await connection.reply()
    connection.close()
    const samples = (await all()).filter(({ name }) => name.startsWith('visage_'))
    expect(samples.length).toBeGreaterThan(300)
    expect(samples.filter((sample) => !isOurs(sample))).toEqual([])
    expect(JSON.stringify(samples)).not.toContain('mallory')
  })

  it('many users create no more series than one', async () => {
    await visit('the-first')
    const seriesOf = async () =>
      (await all()).map(({ name, labels }) => JSON.stringify([name, labels]))
    const before = new Set(await seriesOf())
    await Promise.all(Array.from({ length: 4 }, (_, i) => visit(`one-of-many-${i}`)))
    const more = (await seriesOf()).filter((one) => !before.has(one) && one.includes('visage_'))
    expect(more).toEqual([])
  })
})
