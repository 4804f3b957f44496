import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { metric, type Sample, scrape, sumOf } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let ops: Record<'API' | 'worker', number>

beforeAll(async () => {
  const [app, worker] = await Promise.all([world.startApi(), world.startWorker()])
  api = new Client(app)
  ops = { API: app.ports.ops, worker: worker.ports.ops }
})

/** Returns the increase of a metric during `work`. */
async function growth(
  app: keyof typeof ops,
  name: string,
  labels: Sample['labels'],
  work: () => Promise<unknown>,
): Promise<number> {
  const now = async () => (await metric(ops[app], name, labels)) ?? 0
  const before = await now()
  await work()
  return (await now()) - before
}

/** Picture that has one size in two formats. */
const image = await photo({ width: 96, height: 64 })
const torn = image.subarray(0, image.length / 2)

async function upload(bytes: Buffer, outcome: string, user = someone()): Promise<string> {
  const id = await api.upload(user, bytes)
  expect(await world.outcome(id)).toBe(outcome)
  return user
}

describe('a request counts by its route, method and code', () => {
  it.each([
    ['PUT', AVATAR, '0', () => upload(image, 'ready')],
    ['PUT', AVATAR, '401', () => api.put('no token', image)],
    ['PUT', AVATAR, '40050', () => api.put(tokenOf(someone()), Buffer.from('no picture'))],
    ['GET', '/user/avatar/:id', '404', () => api.get(avatarPath('nobody'))],
    ['GET', '/user/avatar/:id', '40001', () => api.get(avatarPath('nobody', '?size=huge'))],
    ['HEAD', '/user/avatar/:id', '404', () => api.ask('HEAD', avatarPath('nobody'))],
    ['GET', 'none', '404', () => api.get('/no/such/page')],
    ['DELETE', 'none', '405', () => api.ask('DELETE', avatarPath('nobody'))],
    ['other', 'none', '404', () => api.ask('REPORT', '/no/such/page')],
  ] as const)('%s %s with code %s', async (method, route, code, ask) => {
    const labels = { method, route, code }
    expect(await growth('API', 'visage_http_requests_total', labels, ask)).toBe(1)
    const timed = 'visage_http_request_duration_seconds_count'
    expect(await growth('API', timed, { route }, ask)).toBe(1)
  })

  it('the counter of server failures starts at 0', async () => {
    for (const code of ['500', '503', '50001', '50004']) {
      const labels = { method: 'GET', route: `${AVATAR}/uploads/:id/events`, code }
      expect(await metric(ops.API, 'visage_http_requests_total', labels)).toBe(0)
    }
  })

  it('a request answered from a cache counts as a success', async () => {
    const path = avatarPath(await upload(image, 'ready'))
    const etag = (await api.get(path)).headers.get('etag') ?? ''
    const again = () => api.get(path, { headers: { 'If-None-Match': etag } })
    const labels = { route: '/user/avatar/:id', code: '0' }
    expect(await growth('API', 'visage_http_requests_total', labels, again)).toBe(1)
  })
})

describe('an upload', () => {
  it('is counted with its bytes, and no bytes are in flight after it', async () => {
    const accept = () => upload(image, 'ready')
    expect(await growth('API', 'visage_accept_bytes_count', {}, accept)).toBe(1)
    expect(await growth('API', 'visage_accept_bytes_sum', {}, accept)).toBe(image.length)
    expect(await growth('API', 'visage_accept_duration_seconds_count', {}, accept)).toBe(1)
    expect(await metric(ops.API, 'visage_bytes_in_flight')).toBe(0)
  })

  it.each([
    ['ready', image],
    ['rejected', torn],
  ])(
    'with the outcome %s is counted with the time since its acceptance',
    async (outcome, bytes) => {
      const name = 'visage_accepted_to_outcome_seconds'
      const work = () => upload(bytes, outcome)
      expect(await growth('worker', `${name}_count`, { outcome }, work)).toBe(1)
      const seconds = await growth('worker', `${name}_sum`, { outcome }, work)
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThan(30)
    },
  )

  it('that is rejected is counted with the reason of its receipt', async () => {
    const user = someone()
    const id = await api.upload(user, torn)
    await world.outcome(id)
    const { reason } = await api.receipt(user, id)
    const again = () => upload(torn, 'rejected')
    expect(await growth('worker', 'visage_rejections_total', { reason }, again)).toBe(1)
    expect(await growth('worker', 'visage_rejections_total', {}, again)).toBe(1)
  })
})

describe('a ready upload', () => {
  let before: Sample[]
  let after: Sample[]
  beforeAll(async () => {
    before = await scrape(ops.worker)
    await upload(image, 'ready')
    after = await scrape(ops.worker)
  })

  const grown = (name: string, step: string) =>
    (sumOf(after, name, { step }) ?? 0) - (sumOf(before, name, { step }) ?? 0)

  it.each([
    ['fetch', 1],
    ['render', 1],
    ['publish', 2],
    ['commit', 1],
    ['remove', 1],
  ])('takes the step %s, which is timed %i times', (step, times) => {
    expect(grown('visage_step_duration_seconds_count', step)).toBe(times)
  })

  it.each(['inspect', 'decode', 'shrink', 'encode_webp', 'encode_jpeg', 'placeholder'])(
    'is measured once for %s in its render process',
    (step) => {
      expect(grown('visage_render_step_duration_seconds_count', step)).toBe(1)
    },
  )
})

it('a worker exposes the number and the memory of its render processes', async () => {
  await upload(image, 'ready')
  const count = (state: string) => metric(ops.worker, 'visage_renderers', { state })
  expect([await count('busy'), await count('idle')]).toEqual([0, expect.any(Number)])
  expect(await count('idle')).toBeGreaterThan(0)
  const memory = (await metric(ops.worker, 'visage_renderers_resident_memory_bytes')) ?? 0
  const peak = (await metric(ops.worker, 'visage_renderer_peak_memory_bytes')) ?? 0
  expect(memory).toBeGreaterThan(20 * 1024 ** 2)
  expect(peak).toBeGreaterThan(20 * 1024 ** 2)
})

it.each(['API', 'worker'] as const)(
  'the %s exposes its version and the state of its dependencies',
  async (app) => {
    const labels = { app: app.toLowerCase(), node: process.versions.node }
    expect(await metric(ops[app], 'visage_build_info', labels)).toBe(1)
    for (const dependency of ['storage', 'database', 'queue'])
      expect(await metric(ops[app], 'visage_dependency_up', { dependency })).toBe(1)
    expect(await metric(ops[app], 'process_resident_memory_bytes')).toBeGreaterThan(0)
  },
)
