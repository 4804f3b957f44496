import { beforeAll, describe, expect, it } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { AVATAR, Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { type PhotoFormat, photo } from '../support/pictures/photo.ts'
import { stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const LIMIT = 64 * 1024
const limit = { MAX_UPLOAD_BYTES: '64KiB' }
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const world = useWorld()
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  api = new Client(await world.startApi({ ...limit, REFUSED_BODY_TIMEOUT: '300ms' }))
  jpeg = await photo({ width: 160, height: 120 })
})

const padded = (length: number) => Buffer.concat([jpeg, Buffer.alloc(length - jpeg.length)])

describe('a body is accepted as a picture regardless of Content-Type', () => {
  const said: [said: string | undefined, format: PhotoFormat][] = [
    ['application/octet-stream', 'jpeg'],
    ['image/png', 'jpeg'],
    ['application/json', 'jpeg'],
    ['application/x-www-form-urlencoded', 'jpeg'],
    ['no such type', 'png'],
    [undefined, 'jpeg'],
    [undefined, 'png'],
    ['image/jpeg', 'webp'],
    ['image/jpeg', 'gif'],
  ]
  it.each(said)('as %s, a %s', async (type, format) => {
    const user = someone()
    const body = await photo({ format, width: 64, height: 48 })
    const reply = await api.put(tokenOf(user), body, type ? { 'Content-Type': type } : {})
    const id = reply.headers.get('x-upload-id') ?? ''
    expect(`${reply.body}`).toBe('{"code":0,"msg":""}')
    expect(id).toMatch(UUID_V7)
    expect(reply.headers.get('location')).toBe(`${AVATAR}/uploads/${id}`)
    expect(await world.store.get(asObjectKey(`raw/${id}`))).toEqual(body)
    expect(await world.queue.getJob(id)).toBeDefined()
    expect(await api.receipt(user, id)).toMatchObject({
      upload_id: id,
      state: 'queued',
      format,
      bytes: body.length,
      started_at: null,
      finished_at: null,
    })
  })
})

describe('a chunked body', () => {
  it('is accepted', async () => {
    const chunks = [jpeg.subarray(0, 1), jpeg.subarray(1, 1000), jpeg.subarray(1000)]
    const reply = await api.ask('PUT', AVATAR, { token: tokenOf(someone()), chunks })
    expect(reply.json).toEqual({ code: 0, msg: '' })
    const id = reply.headers.get('x-upload-id')
    expect(await world.store.get(asObjectKey(`raw/${id}`))).toEqual(jpeg)
  })

  it('can be as long as the limit', async () => {
    const reply = await api.ask('PUT', AVATAR, {
      token: tokenOf(someone()),
      chunks: [padded(LIMIT)],
    })
    expect(reply.json).toEqual({ code: 0, msg: '' })
  })

  it('is refused as soon as it exceeds the limit', async () => {
    const connection = await RawConnection.open(api.port)
    await connection.write(putHead(tokenOf(someone()), 'Transfer-Encoding: chunked'))
    await connection.write(`${(LIMIT + 1).toString(16)}\r\n`, padded(LIMIT + 1), '\r\n')
    const reply = await connection.putReply()
    expect(reply.json).toMatchObject({ code: 40049 })
    expect(reply.headers.get('connection')).toBe('close')
    expect(`${await connection.closed()}`).toBe('')
  })
})

describe('the limit', () => {
  it('is inclusive', async () => {
    const reply = await api.put(tokenOf(someone()), padded(LIMIT))
    expect(reply.json).toEqual({ code: 0, msg: '' })
  })

  it('is checked on Content-Length before a byte is read, and closes the connection', async () => {
    const user = someone()
    const before = await stateOf(world, user)
    const connection = await RawConnection.open(api.port)
    await connection.write(putHead(tokenOf(user), `Content-Length: ${LIMIT + 1}`))
    const reply = await connection.putReply()
    expect(reply.json).toMatchObject({ code: 40049, msg: expect.stringContaining('65536 bytes') })
    expect(reply.headers.get('connection')).toBe('close')
    expect(`${await connection.closed()}`).toBe('')
    expect(await stateOf(world, user)).toEqual(before)
  })

  it('answers a client that sends its whole body before it reads', async () => {
    const body = Buffer.alloc(20 * 1024 ** 2)
    const { port } = await world.startApi({ ...limit, REFUSED_BODY_TIMEOUT: '30s' })
    const connection = await RawConnection.open(port)
    await connection.write(putHead(tokenOf(someone()), `Content-Length: ${body.length}`), body)
    expect((await connection.putReply()).json).toMatchObject({ code: 40049 })
    expect(`${await connection.closed()}`).toBe('')
  })

  it('is 32 MiB by default, and the message contains it', async () => {
    const ordinary = new Client(await world.startApi())
    const connection = await RawConnection.open(ordinary.port)
    await connection.write(putHead(tokenOf(someone()), `Content-Length: ${32 * 1024 ** 2 + 1}`))
    const { json } = await connection.putReply()
    expect(json).toMatchObject({ code: 40049, msg: expect.stringContaining('32 MiB') })
    connection.close()
    expect((await ordinary.put(tokenOf(someone()), padded(32 * 1024 ** 2))).json.code).toBe(0)
  })
})

describe('Expect: 100-continue', () => {
  const expectations = 'Expect: 100-continue'

  it.each(['Content-Length', 'chunked'])(
    'answers 100 once the token and %s are valid',
    async (framing) => {
      const connection = await RawConnection.open(api.port)
      const chunked = framing === 'chunked'
      const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${jpeg.length}`
      await connection.write(putHead(tokenOf(someone()), expectations, length))
      expect((await connection.reply()).status).toBe(100)
      const size = `${jpeg.length.toString(16)}\r\n`
      await connection.write(...(chunked ? [size, jpeg, '\r\n0\r\n\r\n'] : [jpeg]))
      expect((await connection.putReply()).json).toEqual({ code: 0, msg: '' })
      connection.close()
    },
  )

  it.each([
    ['a bad token', 'no.token.atall', jpegLength, 401],
    ['a refresh token', tokenOf('anyone', { token_type: 'refresh' }), jpegLength, 40020],
    ['a length over the limit', tokenOf('anyone'), () => LIMIT + 1, 40049],
  ])('is not invited with %s', async (_, token, length, code) => {
    const connection = await RawConnection.open(api.port)
    await connection.write(putHead(token, expectations, `Content-Length: ${length()}`))
    const reply = await connection.putReply()
    expect(reply.status).toBe(200)
    expect(reply.json).toMatchObject({ code })
    expect(reply.headers.get('connection')).toBe('close')
    expect(`${await connection.closed()}`).toBe('')
  })
})

function jpegLength(): number {
  return jpeg.length
}
