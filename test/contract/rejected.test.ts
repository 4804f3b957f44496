import { deflateSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { type PhotoFormat, photo } from '../support/pictures/photo.ts'
import { keysIn, pictureRow, receiptRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  api = new Client(await world.startApi())
  await world.startWorker()
  jpeg = await photo({ width: 96, height: 64 })
})

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)
const small = (format: PhotoFormat) => photo({ format, width: 64, height: 64 })
const damaged = ['corrupt', 'truncated']

type Faulty = [what: string, bytes: () => Promise<Buffer> | Buffer, reasons: string[]]

const faulty: Faulty[] = [
  ['a JPEG cut in half', () => half(jpeg), ['truncated']],
  ['a JPEG of its first bytes alone', () => jpeg.subarray(0, 4), ['truncated']],
  ['a JPEG with broken tables', () => withBrokenTables(jpeg), ['corrupt']],
  ['a PNG cut in half', async () => half(await small('png')), ['truncated']],
  ['a WebP cut in half', async () => half(await small('webp')), damaged],
  ['a GIF without a picture', () => Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'), damaged],
  ['a PNG that says it is huge', () => hugePng(60_000, 60_000), ['too_many_pixels']],
]

describe('an invalid picture is rejected', () => {
  it.each(faulty)('%s', async (_, bytes, reasons) => {
    const user = someone()
    const shown = await api.upload(user, jpeg)
    expect(await world.outcome(shown)).toBe('ready')
    const before = await pictureRow(world, user)

    const id = await api.upload(user, await bytes())
    expect(await world.outcome(id)).toBe('rejected')
    const receipt = await api.receipt(user, id)
    const { upload_id, reason, msg, finished_at } = receipt
    expect(receipt.state).toBe('rejected')
    expect(reasons).toContain(reason)
    expect(msg).toMatch(/\w+ \w+/)
    expect(msg).not.toMatch(/zebra|vips|buffer|raw\//i)
    expect(await receiptRow(world, id)).toMatchObject({ state: 'rejected', reason, msg })

    const settings = await api.settings(user)
    expect(settings.rejected).toEqual({ upload_id, reason, msg, finished_at })
    expect(settings).toMatchObject({ source: 'upload', revision: shown, pending: null })
    expect(await pictureRow(world, user)).toEqual(before)
    expect((await keysIn(world)).filter((key) => key.includes(id))).toEqual([])
  })
})

it('a rejected first picture leaves the user without a picture', async () => {
  const user = someone()
  const id = await api.upload(user, half(jpeg))
  await world.outcome(id)
  expect(await pictureRow(world, user)).toBeUndefined()
  expect(await api.settings(user)).toMatchObject({
    source: 'none',
    rejected: { upload_id: id, reason: 'truncated' },
  })
})

it('a rejected picture does not replace a Gravatar', async () => {
  const user = someone()
  await api.put(tokenOf(user, { email: 'ada@example.com' }))
  const before = await pictureRow(world, user)
  await world.outcome(await api.upload(user, half(jpeg)))
  expect(await pictureRow(world, user)).toEqual(before)
})

it('the settings show the last of several rejections', async () => {
  const user = someone()
  await world.outcome(await api.upload(user, half(jpeg)))
  const last = await api.upload(user, withBrokenTables(jpeg))
  await world.outcome(last)
  expect((await api.settings(user)).rejected).toMatchObject({ upload_id: last, reason: 'corrupt' })
})

/** JPEG whose first Huffman table (ITU T.81, section B.2.4.2) has too many codes. */
function withBrokenTables(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const table = copy.indexOf(Buffer.from([0xff, 0xc4])) + 5
  copy.fill('zebra', table, table + 16)
  return copy
}

/** PNG with a valid header and almost no pixels. */
function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const data = deflateSync(Buffer.alloc(1000))
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND')])
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** CRC of PNG: ISO 3309 (RFC 2083, section 15). */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
