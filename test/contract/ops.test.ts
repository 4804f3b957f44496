import { freePort } from '@visage/stack/ports'
import { beforeAll, describe, expect, it } from 'vitest'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let urls: Record<string, string>

beforeAll(async () => {
  const [api, worker] = await Promise.all([world.startApi(), world.startWorker()])
  urls = { API: urlOf(api.ports.ops), worker: urlOf(worker.ports.ops) }
})

const urlOf = (port: number) => `http://127.0.0.1:${port}`

describe.each(['API', 'worker'])('the %s', (name) => {
  const ask = (path: string, init?: RequestInit) => fetch(`${urls[name]}${path}`, init)

  it('is alive', async () => {
    const answer = await ask('/healthz')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({ status: 'ok' })
  })

  it('is ready while every dependency is available', async () => {
    const answer = await ask('/readyz')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      status: 'ready',
      dependencies: { storage: 'ok', database: 'ok', queue: 'ok' },
    })
  })

  it.each(['/healthz', '/readyz'])('answers HEAD %s without a body', async (path) => {
    const answer = await ask(path, { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
  })

  it('has no other page and no other method', async () => {
    expect((await ask('/')).status).toBe(404)
    expect((await ask('/user/setting/avatar')).status).toBe(404)
    expect((await ask('/__proto__')).status).toBe(404)
    const answer = await ask('/healthz', { method: 'POST' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD')
  })
})

describe('with a dependency down', () => {
  let unavailable: string

  beforeAll(async () => {
    unavailable = `127.0.0.1:${await freePort()}`
  })

  // Each request waits for the timeout of a dependency.
  it.concurrent.each([
    ['API', 'storage', 503, 'unavailable'],
    ['API', 'database', 200, 'degraded'],
    ['API', 'queue', 200, 'degraded'],
    ['worker', 'storage', 503, 'unavailable'],
    ['worker', 'database', 503, 'unavailable'],
    ['worker', 'queue', 503, 'unavailable'],
  ] as const)('the %s without %s is a %i: %s', async (app, dependency, status, said) => {
    const env = {
      storage: { S3_ENDPOINT: `http://${unavailable}` },
      database: { DATABASE_URL: `postgres://visage@${unavailable}/visage` },
      queue: { REDIS_URL: `redis://${unavailable}` },
    }[dependency]
    const { ports } = await (app === 'API' ? world.startApi(env) : world.startWorker(env))
    const answer = await fetch(`${urlOf(ports.ops)}/readyz`)
    expect(answer.status).toBe(status)
    const all = { storage: 'ok', database: 'ok', queue: 'ok' }
    expect(await answer.json()).toEqual({
      status: said,
      dependencies: { ...all, [dependency]: 'unavailable' },
    })
    expect((await fetch(`${urlOf(ports.ops)}/healthz`)).status).toBe(200)
  })
})
