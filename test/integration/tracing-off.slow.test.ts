import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, someone } from '../support/http/http.ts'
import { SpanCollector } from '../support/http/span-collector.ts'
import { tracingTo } from '../support/http/tracing.ts'
import { photo } from '../support/pictures/photo.ts'
import { recordLog } from '../support/world/app-log.ts'
import { createWorld, type Environment, type World } from '../support/world/use-world.ts'

const log = recordLog('apps')
const dir = temporaryFolder()
let collector: SpanCollector
let world: World
let folders = 0

beforeAll(async () => {
  ;[collector, world] = await Promise.all([SpanCollector.open(), createWorld()])
})
afterAll(async () => {
  await world.close()
  await collector.close()
  removeServersFolder(dir)
})

/** prom-client always loads the API of OpenTelemetry, which does nothing without an SDK. */
const BY_METRICS = /\/node_modules\/@opentelemetry\/api\//

/** Returns the tracing modules that the API and a worker have loaded after an upload, from the coverage of V8. */
async function loaded(env: Environment = {}): Promise<string[]> {
  const folder = join(dir, `coverage-${++folders}`)
  const covered = { ...env, NODE_V8_COVERAGE: folder }
  const apps = [
    await world.startApiProcess(covered),
    await world.startWorkerProcess(covered),
  ] as const
  const id = await new Client(apps[0]).upload(someone(), await photo({ width: 64, height: 64 }))
  await world.outcome(id)
  await Promise.all(apps.map((app) => app.stop()))
  const urls = readdirSync(folder).flatMap((file) => urlsIn(join(folder, file)))
  expect(urls.filter((url) => /\/apps\/(api|worker)\/dist\/main\.js$/.test(url))).toHaveLength(2)
  return urls.filter(
    (url) =>
      /opentelemetry|\/tracing\/\w+-telemetry|bullmq-otel/.test(url) && !BY_METRICS.test(url),
  )
}

function urlsIn(file: string): string[] {
  const { result }: { result: { url: string }[] } = JSON.parse(readFileSync(file, 'utf8'))
  return result.map(({ url }) => url)
}

/** Long timeout: with V8 coverage a process takes several times as long to exit. */
const LONG = { timeout: 90_000 }

describe('without TRACING', LONG, () => {
  test('no tracing module is loaded, and no log line has a trace ID', async () => {
    expect(await loaded()).toEqual([])
    expect(log.lines().filter((line) => 'trace_id' in line)).toEqual([])
  })

  test('a preloaded SDK gets no span', async () => {
    await loaded({ ...tracingTo(collector, 'apps'), TRACING: 'false' })
    expect(collector.spans).toEqual([])
  })
})

test('with TRACING, the tracing modules are loaded', LONG, async () => {
  const scripts = (await loaded(tracingTo(collector, 'apps'))).join('\n')
  for (const part of ['open-telemetry.js', 'queue-telemetry.js', 'bullmq-otel', 'sdk-trace']) {
    expect(scripts).toContain(part)
  }
})

test.each(['startApiProcess', 'startWorkerProcess'] as const)(
  '%s fails with TRACING and no SDK, and names the missing SDK',
  async (start) => {
    const log = recordLog(start)
    await expect(world[start]({ TRACING: 'true' })).rejects.toThrow('exit code 1')
    expect(log.text()).toContain('TRACING is true, but no OpenTelemetry SDK is registered')
  },
)
