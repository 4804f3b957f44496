import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let api: Client
let jpeg: Buffer
let user: string
let connection: RawConnection

beforeAll(async () => {
  const pace = { UPLOAD_GRACE: '250ms', MIN_UPLOAD_RATE: '1KiB', REFUSED_BODY_TIMEOUT: '100ms' }
  const limits = { MAX_UPLOAD_BYTES: '1MiB', MAX_BYTES_IN_FLIGHT: '2MiB' }
  api = new Client(await world.startApi({ ...pace, ...limits }))
  jpeg = await photo({ width: 64, height: 64 })
})
beforeEach(async () => {
  user = someone()
  connection = await RawConnection.open(api.port)
})
afterEach(() => connection.close())

const lengths = ['Content-Length: 10000', 'Transfer-Encoding: chunked']

describe.each(lengths)('a slow body with %s', (length) => {
  it.each(['no bytes', 'single bytes'])('is refused, and changes nothing: %s', async (what) => {
    const before = await stateOf(world, user)
    await connection.write(putHead(tokenOf(user), length))
    const dribble = setInterval(() => {
      if (what !== 'no bytes') connection.write('0').catch(() => undefined)
    }, 50)
    const reply = await connection.putReply()
    clearInterval(dribble)
    expect(reply).toMatchObject({ status: 408, json: { code: 408 } })
    expect(reply.headers.get('connection')).toBe('close')
    await connection.closed()
    expect(await stateOf(world, user)).toEqual(before)
  })

  it('releases its share of the byte budget', async () => {
    await connection.write(putHead(tokenOf(user), length), '1')
    expect(await connection.putReply()).toMatchObject({ status: 408 })
    const whole = await api.ask('PUT', '/user/setting/avatar', {
      token: tokenOf(user),
      chunks: [jpeg],
    })
    expect(whole.json).toMatchObject({ code: 0 })
  })
})

it('a long body at the minimum speed is accepted', async () => {
  const parts = 8
  const body = Buffer.concat([jpeg, Buffer.alloc(parts * 4096)])
  const size = Math.ceil(body.length / parts)
  await connection.write(putHead(tokenOf(user), `Content-Length: ${body.length}`))
  for (let at = 0; at < body.length; at += size) {
    await connection.write(body.subarray(at, at + size))
    await delay(60)
  }
  expect(await connection.putReply()).toMatchObject({ status: 200, json: { code: 0 } })
})
