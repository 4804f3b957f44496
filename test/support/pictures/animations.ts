import { of, scene } from './pictures.ts'

/** A GIF of tiny frames on a screen of 40 by 30. */
export async function gifOfFrames(count: number): Promise<Buffer> {
  const head = Buffer.from('GIF89a\x28\0\x1e\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1')
  const frame = Buffer.from(
    '\x21\xf9\x04\x04\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0',
    'latin1',
  )
  return Buffer.concat([head, ...Array(count).fill(frame), Buffer.from(';')])
}

/** An animated WebP of as many frames, all of them of 16 by 16 pixels. */
export async function webpOfFrames(count: number): Promise<Buffer> {
  const still = await of(scene(16, 16)).webp({ lossless: true }).toBuffer()
  const place = Buffer.concat([u24(0), u24(0), u24(15), u24(15), u24(100), Buffer.alloc(1)])
  const frame = chunk('ANMF', Buffer.concat([place, still.subarray(12)]))
  const canvas = Buffer.concat([Buffer.from([2, 0, 0, 0]), u24(15), u24(15)])
  const head = [chunk('VP8X', canvas), chunk('ANIM', Buffer.alloc(6))]
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...head, ...Array(count).fill(frame)]))
}

function chunk(name: string, body: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(body.length)
  return Buffer.concat([Buffer.from(name), size, body, Buffer.alloc(body.length % 2)])
}

function u24(value: number): Buffer {
  const bytes = Buffer.alloc(3)
  bytes.writeUIntLE(value, 0, 3)
  return bytes
}
