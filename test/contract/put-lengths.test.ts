import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { recordLog } from '../support/world/app-log.ts'
import { stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const LIMIT = 64 * 1024

const log = recordLog('api')

const world = useWorld()
let api: Client
let jpeg: Buffer
let user: string
let connection: RawConnection

beforeAll(async () => {
  const env = { MAX_UPLOAD_BYTES: '64KiB', REFUSED_BODY_TIMEOUT: '300ms' }
  api = new Client(await world.startApi(env))
  jpeg = await photo({ width: 160, height: 120 })
})
beforeEach(async () => {
  user = someone()
  connection = await RawConnection.open(api.port)
})
afterEach(() => connection.close())

/** RFC 9112, section 8: a message that ends before its length is incomplete. */
describe('a body whose client disconnects after', () => {
  it.each([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])(
    '%s percent of it, without the last byte, changes nothing',
    async (percent) => {
      const before = await stateOf(world, user)
      const correlation = randomUUID()
      const headers = [`Content-Length: ${bytes()}`, `X-Cr-Correlation-Id: ${correlation}`]
      await connection.write(putHead(tokenOf(user), ...headers))
      await connection.write(jpeg.subarray(0, ((jpeg.length - 1) * percent) / 100))
      connection.reset()
      await log.line({ msg: 'Handled request', correlation_id: correlation })
      expect(await stateOf(world, user)).toEqual(before)
    },
  )
})

const bytes = () => `${jpeg.length}`

/** RFC 9112, section 6.3: a message with an invalid length is an error, and the connection is closed. */
describe('a request with an invalid length changes nothing, nor do the bytes after it', () => {
  it.each<readonly [string, () => readonly string[]]>([
    ['negative', () => ['Content-Length: -1']],
    ['not a number', () => ['Content-Length: many']],
    ['in hexadecimal', () => ['Content-Length: 0x10']],
    ['with a sign', () => [`Content-Length: +${bytes()}`]],
    ['in two parts', () => ['Content-Length: 1 2']],
    ['above the maximum number', () => [`Content-Length: ${'9'.repeat(40)}`]],
    ['twice with different values', () => [`Content-Length: ${bytes()}`, 'Content-Length: 5']],
    [
      'twice with the same value',
      () => [`Content-Length: ${bytes()}`, `Content-Length: ${bytes()}`],
    ],
    ['a list', () => [`Content-Length: ${bytes()}, 5`]],
    [
      'beside a transfer coding',
      () => [`Content-Length: ${bytes()}`, 'Transfer-Encoding: chunked'],
    ],
    [
      'behind a transfer coding',
      () => ['Transfer-Encoding: chunked', `Content-Length: ${bytes()}`],
    ],
    ['of a coding that does not end it', () => ['Transfer-Encoding: chunked, gzip']],
    ['with an unknown transfer coding', () => ['Transfer-Encoding: xchunked']],
    ['of a coding named twice', () => ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
  ])('%s', async (_, headers) => {
    const victim = someone()
    const before = await Promise.all([user, victim].map((one) => stateOf(world, one)))
    const smuggled = putHead(tokenOf(victim), `Content-Length: ${bytes()}`)
    await connection.write(putHead(tokenOf(user), ...headers()), '0\r\n\r\n', smuggled, jpeg)
    const { status, headers: answered } = await connection.reply()
    expect([400, 413, 501]).toContain(status)
    expect(answered.get('connection')).toBe('close')
    expect(`${await connection.closed()}`).toBe('')
    expect(await Promise.all([user, victim].map((one) => stateOf(world, one)))).toEqual(before)
  })
})

it('a body with an unknown transfer coding changes nothing', async () => {
  const before = await stateOf(world, user)
  await connection.write(putHead(tokenOf(user), 'Transfer-Encoding: x, chunked'), '0\r\n\r\n')
  const reply = await connection.putReply()
  expect(reply.json).toMatchObject({ code: 40013 })
  expect(reply.headers.get('connection')).toBe('close')
  expect(await stateOf(world, user)).toEqual(before)
})

describe('a body over the limit changes nothing', () => {
  const over = LIMIT + 1
  const chunk = (length: number) => [`${length.toString(16)}\r\n`, Buffer.alloc(length), '\r\n']

  it.each([
    ['in one chunk', () => chunk(over)],
    ['in many chunks', () => Array.from({ length: 17 }, () => chunk(4096)).flat()],
    ['in chunks of a byte, at its end', () => [...chunk(LIMIT), ...chunk(1)]],
  ])('%s', async (_, parts) => {
    const before = await stateOf(world, user)
    await connection.write(putHead(tokenOf(user), 'Transfer-Encoding: chunked'), ...parts())
    expect((await connection.putReply()).json).toMatchObject({ code: 40049 })
    expect(`${await connection.closed()}`).toBe('')
    expect(await stateOf(world, user)).toEqual(before)
  })
})
