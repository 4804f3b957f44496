import { beforeAll, describe, expect, it } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let api: Client

beforeAll(async () => {
  api = new Client(await world.startApi())
})

const box = (brands: string) => `\0\0\0\x1cftyp${brands}`
const refused: [format: string, start: string][] = [
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['SVG', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['PDF', '%PDF-1.7\n'],
  ['TIFF', 'II*\0\x08\0\0\0'],
  ['TIFF', 'MM\0*\0\0\0\x08'],
  ['BMP', 'BM\x36\0\0\0\0\0\0\0'],
  ['JPEG XL', '\xff\x0a\xfa\x7f'],
  ['video', box('isom\0\0\0\0mp42isom')],
  ['HTML', '<!doctype html><title>zebra</title>'],
]

describe('a file of another format is refused by its first bytes', () => {
  it.each(refused)('%s: %j', async (format, start) => {
    const { status, json } = await send(start, { 'Content-Type': 'image/jpeg' })
    expect(status).toBe(200)
    expect(json.code).toBe(40050)
    expect(json.msg).toMatch(new RegExp(`\\b${format}\\b.*JPEG, PNG, WebP, GIF, AVIF or HEIC`))
  })

  it.each([
    ['text', 'zebra stripes'],
    ['one byte', 'z'],
    ['a zero byte', '\0'],
    ['half the start of a PNG', '\x89PNG'],
    ['a sound in a RIFF', 'RIFF\0\0\0\0WAVEfmt zebra'],
    ['a picture behind a blank', ' \xff\xd8\xff\xe0'],
  ])('%s is no picture', async (_, start) => {
    const { status, json } = await send(start)
    expect(status).toBe(200)
    expect(json).toMatchObject({ code: 40050, msg: expect.stringContaining('AVIF or HEIC') })
    expect(json.msg).not.toMatch(/zebra/)
  })
})

it.each([
  [
    'multipart/form-data',
    '--b\r\nContent-Disposition: form-data; name="zebra"\r\n\r\n\xff\xd8\xff',
  ],
  ['JSON', '{"zebra":"iVBORw0KGgo="}'],
  ['a data URL', 'data:image/png;base64,iVBORw0KGgo='],
])(
  '%s that contains a picture is refused, and the message says what to send',
  async (name, start) => {
    const { status, json } = await send(start, { 'Content-Type': 'image/png' })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      code: 40050,
      msg: expect.stringContaining(`The body is ${name}; `),
    })
    expect(json.msg).not.toMatch(/zebra/)
  },
)

it('a refused file is not stored', async () => {
  const user = someone()
  const before = await stateOf(world, user)
  await api.put(tokenOf(user), Buffer.from('%PDF-1.7'))
  expect(await stateOf(world, user)).toEqual(before)
})

describe('if ACCEPT lists other formats', () => {
  const env = { ACCEPT: 'jpeg,avif' }
  let picky: Client
  beforeAll(async () => {
    const [app] = await Promise.all([world.startApi(env), world.startWorker(env)])
    picky = new Client(app)
  })

  it('those are accepted and shown, and others are refused with that list', async () => {
    const user = someone()
    const id = await picky.upload(user, await photo({ format: 'avif', width: 90, height: 60 }))
    expect(await world.outcome(id)).toBe('ready')
    expect(await picky.receipt(user, id)).toMatchObject({ state: 'ready', format: 'avif' })
    const { json } = await picky.put(tokenOf(user), await png())
    expect(json).toMatchObject({ code: 40050, msg: 'PNG is not accepted; send JPEG or AVIF' })
  })

  it('a worker that accepts fewer formats than the API rejects the others by name', async () => {
    const user = someone()
    const id = await api.upload(user, await png())
    expect(await world.outcome(id)).toBe('rejected')
    expect(await api.receipt(user, id)).toMatchObject({
      reason: 'unsupported_format',
      msg: 'PNG is not accepted; send JPEG or AVIF',
    })
  })

  const png = () => photo({ format: 'png', width: 90, height: 60 })
})

function send(start: string, headers = {}) {
  const filler = Buffer.alloc(start.length > 9 ? 500 : 0)
  return api.put(tokenOf(someone()), Buffer.concat([Buffer.from(start, 'latin1'), filler]), headers)
}
