import { randomUUID } from 'node:crypto'
import type { App } from '@visage/stack/app'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { metric } from '../support/http/scrape.ts'
import { photo } from '../support/pictures/photo.ts'
import { recordLog } from '../support/world/app-log.ts'
import { keysIn } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const KIB = 1024
/** Size of a body in flight, which counts twice. */
const LIMIT = 100 * KIB
const MAX_UPLOAD = 60 * KIB
const EXPECT = 'Expect: 100-continue'

const log = recordLog('api')
const announced: Announced[] = []

const world = useWorld()
let app: App
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  app = await world.startApiProcess({ MAX_BYTES_IN_FLIGHT: '200KiB', MAX_UPLOAD_BYTES: '60KiB' })
  api = new Client(app)
  jpeg = await photo({ width: 320, height: 240 })
})
/** Closes all connections and waits until no bytes are in flight. */
afterEach(async () => {
  for (const { connection } of announced) connection.close()
  await Promise.all(announced.splice(0).map(({ correlation }) => over(correlation)))
})

interface Announced {
  readonly connection: RawConnection
  readonly correlation: string
}

/** Sends the head of a PUT without its body. */
async function announce(...headers: string[]): Promise<Announced> {
  const correlation = randomUUID()
  const connection = await RawConnection.open(app.port)
  announced.push({ connection, correlation })
  const given = [`X-Cr-Correlation-Id: ${correlation}`, ...headers]
  await connection.write(putHead(tokenOf(someone()), ...given))
  return { connection, correlation }
}

const length = (bytes: number) => `Content-Length: ${bytes}`

/** Opens an accepted request that holds this many bytes of the budget. */
async function hold(bytes: number): Promise<Announced> {
  const holder = await announce(length(bytes), EXPECT)
  expect((await holder.connection.reply()).status).toBe(100)
  return holder
}

async function expectRefused({ connection, correlation }: Announced): Promise<void> {
  const reply = await connection.putReply()
  expect(reply.status).toBe(503)
  expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(reply.json).toMatchObject({ code: 503, correlation_id: correlation })
}

/** Resolves when the server has finished the request. */
const over = (correlation: string) =>
  log.line({ msg: 'Handled request', correlation_id: correlation })

const refusals = async () => (await metric(app.ports.ops, 'visage_refused_overload_total')) ?? 0

describe('a body that does not fit beside those in flight', () => {
  test.each([
    ['is refused before its first byte', [length(MAX_UPLOAD)]],
    ['that waits to be invited is refused, and not invited', [length(MAX_UPLOAD), EXPECT]],
    ['of unknown length is taken for the largest', ['Transfer-Encoding: chunked']],
    ['is refused if it is one byte too much', [length(40 * KIB + 1)]],
  ])('%s', async (_, headers) => {
    const before = await keysIn(world)
    await hold(MAX_UPLOAD)
    await expectRefused(await announce(...headers))
    expect(await keysIn(world)).toEqual(before)
  })

  test('is counted in the metrics, and a body that fits is not', async () => {
    const atFirst = await refusals()
    await hold(MAX_UPLOAD)
    await hold(40 * KIB)
    const before = await refusals()
    expect(before).toBe(atFirst)
    for (const times of [1, 2, 3]) {
      await expectRefused(await announce(length(times)))
      expect(await refusals()).toBe(before + times)
    }
  })

  test('does not affect readiness or requests without a body', async () => {
    await hold(MAX_UPLOAD)
    await hold(40 * KIB)
    expect((await fetch(`http://127.0.0.1:${app.ports.ops}/readyz`)).status).toBe(200)
    expect((await api.put(tokenOf(someone()))).json).toEqual({ code: 0, msg: '' })
    expect((await api.get('/user/setting/avatar', { token: tokenOf('a') })).json.code).toBe(0)
  })
})

describe('the byte budget is released', () => {
  /** Takes the whole budget. Fails if the last request has not released its bytes. */
  async function expectFree(): Promise<void> {
    await hold(MAX_UPLOAD)
    await hold(LIMIT - MAX_UPLOAD)
    await expectRefused(await announce(length(1)))
  }

  test('by an upload that is accepted', async () => {
    const { connection, correlation } = await hold(jpeg.length)
    await connection.write(jpeg)
    expect((await connection.putReply()).json.code).toBe(0)
    await over(correlation)
    await expectFree()
  })

  test('by an upload that is refused', async () => {
    const { connection, correlation } = await hold(MAX_UPLOAD)
    await connection.write(Buffer.alloc(MAX_UPLOAD, 'no picture'))
    expect((await connection.putReply()).json.code).toBe(40050)
    await over(correlation)
    await expectFree()
  })

  test.each(['close', 'reset', 'halfClose'] as const)(
    'by an upload whose client disconnects in the middle (%s)',
    async (leave) => {
      const { connection, correlation } = await hold(MAX_UPLOAD)
      await connection.write(jpeg.subarray(0, 1000))
      connection[leave]()
      await over(correlation)
      await expectFree()
    },
  )

  test('by an upload of unknown length that becomes too large', async () => {
    const { connection, correlation } = await announce('Transfer-Encoding: chunked')
    const chunk = Buffer.alloc(MAX_UPLOAD + 1)
    await connection.write(`${chunk.length.toString(16)}\r\n`, chunk, '\r\n0\r\n\r\n')
    expect((await connection.putReply()).json.code).toBe(40049)
    await over(correlation)
    await expectFree()
  })

  test('and is not reserved for a Content-Length that is too large', async () => {
    await hold(MAX_UPLOAD)
    const { connection } = await announce(length(MAX_UPLOAD + 1))
    expect((await connection.putReply()).json.code).toBe(40049)
  })

  test('and is not reserved for a refused request', async () => {
    const holder = await hold(MAX_UPLOAD)
    await expectRefused(await announce(length(MAX_UPLOAD)))
    holder.connection.close()
    await over(holder.correlation)
    await expectFree()
  })
})

test('concurrent uploads are accepted or refused, and refused ones are accepted on retry', async () => {
  const body = Buffer.concat([jpeg, Buffer.alloc(MAX_UPLOAD - jpeg.length)])
  const before = await refusals()
  let waiting = Array.from({ length: 24 }, someone)
  let rounds = 0
  for (; waiting.length > 0 && rounds < 24; rounds++) {
    const replies = await Promise.all(waiting.map((user) => api.put(tokenOf(user), body)))
    for (const { json } of replies) expect([0, 503]).toContain(json.code)
    waiting = waiting.filter((_, i) => replies[i]?.json.code === 503)
  }
  expect(waiting).toEqual([])
  expect(await refusals()).toBeGreaterThan(before)
})
