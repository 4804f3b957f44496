import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { AVATAR, avatarPath, Client, type Reply, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { keysInRedis } from '../support/servers/redis/keys.ts'
import { type LogLine, recordLog } from '../support/world/app-log.ts'
import { keysIn } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let logs: { api: string; worker: string }
let requests: LogLine[]
let jobs: LogLine[]
const asked: Reply[] = []
const correlation = randomUUID()
const email = 'Ada.Lovelace@Example.com'
const token = tokenOf('ada', { email })
const forged = `${token.slice(0, -6)}forged`
/** Marker in the bytes of each picture. */
const MARK = 'engraved-in-the-picture'
const secrets = [email, 'lovelace', 'ada.lovelace', MARK, token, forged, token.split('.')[2] ?? '']

beforeAll(async () => {
  const apiLog = recordLog('api')
  const apiApp = await world.startApi({ LOG_LEVEL: 'debug' })
  const workerLog = recordLog('worker')
  const worker = await world.startWorker({ LOG_LEVEL: 'debug' })
  const api = new Client(apiApp)
  const jpeg = Buffer.concat([await photo({ width: 80, height: 80 }), Buffer.from(MARK)])

  const accepted = await api.put(token, jpeg, { 'X-Cr-Correlation-Id': correlation })
  await world.outcome(accepted.headers.get('x-upload-id') ?? '')
  const corrupt = await api.put(token, Buffer.concat([jpeg.subarray(0, 99), Buffer.from(MARK)]))
  await world.outcome(corrupt.headers.get('x-upload-id') ?? '')
  asked.push(
    accepted,
    corrupt,
    await api.put(forged, jpeg),
    await api.put(token, Buffer.from(MARK)),
    await api.get(AVATAR, { token }),
    await api.get(`${AVATAR}/uploads/none`, { token }),
    await api.get(avatarPath('ada', '?size=s&nocache=1')),
    await api.get(`/nowhere/${email}?token=${token}`),
    await api.put(token),
    await api.get(avatarPath('ada')),
    await api.ask('PATCH', AVATAR, { token }),
  )
  await Promise.all([apiApp.stop(), worker.stop()])
  requests = apiLog.lines().filter(({ msg }) => msg === 'Handled request')
  jobs = workerLog.lines().filter(({ msg }) => msg === 'Finished job')
  logs = { api: apiLog.text(), worker: workerLog.text() }
})

describe('the logs', () => {
  it('have one line for each request with its correlation ID, route, status and code', () => {
    const ids = asked.map(({ headers }) => headers.get('x-cr-correlation-id'))
    const lines = ids.map((id) => requests.filter((line) => line.correlation_id === id))
    expect(lines.map(({ length }) => length)).toEqual(asked.map(() => 1))
    for (const [index, reply] of asked.entries()) {
      const code = reply.json?.code ?? 0
      expect(lines[index]).toMatchObject([{ status: reply.status, code }])
    }
    expect(requests).toHaveLength(asked.length)
    expect(requests[0]).toMatchObject({ method: 'PUT', route: AVATAR, user: 'ada' })
  })

  it('have one line for each job with the correlation ID of its request', () => {
    expect(jobs).toHaveLength(2)
    expect(jobs[0]).toMatchObject({ correlation_id: correlation, outcome: 'ready', user: 'ada' })
    expect(jobs[1]).toMatchObject({ outcome: 'rejected' })
    expect(jobs[1]?.correlation_id).toBe(asked[1]?.headers.get('x-cr-correlation-id'))
  })

  it.each(['api', 'worker'] as const)(
    'of the %s contain no token, email or picture bytes',
    (app) => {
      expect(found(logs[app])).toEqual([])
    },
  )
})

describe('no token, email or picture bytes are stored', () => {
  it('in Postgres', async () => {
    const tables = ['avatars', 'uploads', 'purges', 'removals']
    const rows = await Promise.all(tables.map((table) => world.db(table)))
    expect(rows[0]).toMatchObject([{ user_id: 'ada', email_hash: expect.any(String) }])
    expect(rows[1]).toHaveLength(2)
    expect(found(JSON.stringify(rows))).toEqual([])
  })

  it('in Redis', async () => {
    const keys = await keysInRedis(world)
    const values = await Promise.all(keys.map((key) => readRedis(key)))
    expect(JSON.stringify(values)).toContain(correlation)
    expect(found(JSON.stringify([keys, values]))).toEqual([])
  })

  it('in the bucket', async () => {
    const keys = await keysIn(world)
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) {
      const [bytes, object] = await Promise.all([
        world.store.get(asObjectKey(key)),
        world.store.stat(asObjectKey(key)),
      ])
      expect(found(`${key} ${JSON.stringify(object)} ${bytes?.toString('latin1')}`)).toEqual([])
    }
  })
})

/** Returns the secrets in the text, in any case. */
function found(text: string): string[] {
  return secrets.filter((secret) => text.toLowerCase().includes(secret.toLowerCase()))
}

async function readRedis(key: string): Promise<unknown> {
  const { redis } = world
  const readers: Record<string, () => Promise<unknown>> = {
    string: () => redis.get(key),
    hash: () => redis.hgetall(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrange(key, '0', '-1'),
    stream: () => redis.xrange(key, '-', '+'),
  }
  return readers[await redis.type(key)]?.()
}
