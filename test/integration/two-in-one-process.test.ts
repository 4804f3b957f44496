import type { RunningProcess } from '@visage/shared/lifecycle/run-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi } from '../../apps/api/src/api.ts'
import { readConfig as readApiConfig } from '../../apps/api/src/config.ts'
import { readConfig as readWorkerConfig } from '../../apps/worker/src/config.ts'
import { startWorker } from '../../apps/worker/src/worker.ts'
import { Client, someone } from '../support/http/http.ts'
import { metric } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld, type World } from '../support/world/use-world.ts'

/** Built renderer, as render processes cannot run TypeScript. */
const renderer = new URL('../../apps/worker/dist/renderer/main.js', import.meta.url)

/** API and worker of one world, in the test process. */
interface Service {
  readonly world: World
  readonly api: RunningProcess
  readonly worker: RunningProcess
  /** Lines of both logs. */
  readonly log: string[]
}

const HANDLED = ['SIGTERM', 'SIGINT', 'disconnect', 'uncaughtException', 'unhandledRejection']

const handlers = () => HANDLED.map((event) => process.listenerCount(event))

const worlds = [useWorld(), useWorld()] as const
const image = await photo({ width: 96, height: 64 })

let before: number[]
let one: Service
let other: Service

beforeAll(async () => {
  before = handlers()
  one = await start(worlds[0])
  other = await start(worlds[1])
})
afterAll(async () => {
  for (const service of [one, other]) await stop(service)
})

async function start(world: World): Promise<Service> {
  const log: string[] = []
  const logTo = { write: (line: string) => void log.push(line) }
  const env = { ...world.env, RENDERERS: '1' }
  const api = await startApi(readApiConfig(env), { logTo })
  const worker = await startWorker(readWorkerConfig(env), { logTo, renderer })
  return { world, api, worker, log }
}

async function stop({ api, worker }: Service): Promise<void> {
  await Promise.all([api.stop(), worker.stop()])
}

const portOf = ({ ports }: RunningProcess, name = 'ops') => ports[name] ?? 0

async function upload({ world, api }: Service): Promise<string> {
  const id = await new Client({ port: portOf(api, 'http') }).upload(someone(), image)
  expect(await world.outcome(id)).toBe('ready')
  return id
}

/** Metrics of an upload: those of the API, then those of the worker. */
async function counted({ api, worker }: Service): Promise<(number | undefined)[]> {
  const rendered = { job: 'render' }
  return [
    await metric(portOf(api), 'visage_accept_bytes_count'),
    await metric(portOf(api), 'visage_http_requests_total', { method: 'PUT', code: '0' }),
    await metric(portOf(worker), 'visage_accepted_to_outcome_seconds_count', { outcome: 'ready' }),
    await metric(portOf(worker), 'visage_attempt_duration_seconds_count', rendered),
    await metric(portOf(worker), 'visage_step_duration_seconds_count', { step: 'commit' }),
  ]
}

test('only the API and the worker that handle an upload count and log it', async () => {
  const id = await upload(one)
  expect(await counted(one)).toEqual([1, 1, 1, 1, 1])
  expect(await counted(other)).toEqual([0, 0, 0, 0, 0])
  const lines = one.log.map((line) => JSON.parse(line))
  const logged = lines.filter(({ upload_id }) => upload_id === id).map(({ name }) => name)
  expect(new Set(logged)).toEqual(new Set(['api', 'worker']))
  expect(other.log.join('')).not.toContain(id)
})

test('every API and worker serves the metrics of the process', async () => {
  for (const { api, worker } of [one, other])
    for (const [app, running] of Object.entries({ api, worker })) {
      expect(await metric(portOf(running), 'visage_build_info', { app })).toBe(1)
      expect(await metric(portOf(running), 'visage_dependency_up')).toBe(3)
      expect(await metric(portOf(running), 'process_resident_memory_bytes')).toBeGreaterThan(0)
    }
})

test('startApi and startWorker register no handlers of process events', () => {
  expect(handlers()).toEqual(before)
})

test('an API and a worker keep serving when the others stop', async () => {
  const earlier = await counted(other)
  await stop(one)
  await upload(other)
  expect(await counted(other)).toEqual(earlier.map((count = 0) => count + 1))
  for (const running of [one.api, one.worker])
    await expect(metric(portOf(running), 'visage_build_info')).rejects.toThrow('fetch failed')
})
