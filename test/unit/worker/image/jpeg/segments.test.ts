import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { hasTooManySegments } from '../../../../../apps/worker/src/image/jpeg/segments.ts'
import { photo } from '../../../../support/pictures/photo.ts'

const jpeg = await photo({ width: 320, height: 240 })

const START = Buffer.from([0xff, 0xd8])
const END = Buffer.from([0xff, 0xd9])
const SCAN = segment(0xda, Buffer.alloc(6))
const data = Buffer.from([1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0, 0xff, 0xd7])

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

const times = (count: number, ...parts: Buffer[]) =>
  Buffer.concat([START, ...Array.from({ length: count }, () => parts).flat(), END])

describe('of a usual number of parts is', () => {
  test.each([
    ['a baseline JPEG', () => jpeg],
    ['a progressive JPEG', () => sharp(jpeg).jpeg({ progressive: true }).toBuffer()],
    ['a JPEG of a hundred scans', () => times(100, SCAN, data)],
    ['a JPEG whose data looks like markers', () => times(1, SCAN, times(200, data))],
    ['a JPEG with pictures of its own', () => times(60, segment(0xe1, times(500, SCAN)))],
    ['a JPEG with pictures behind its end', () => Buffer.concat([jpeg, times(500, SCAN)])],
    [
      'a JPEG that is cut within a marker',
      () => Buffer.concat([START, SCAN, data, Buffer.from([0xff])]),
    ],
    ['a JPEG that is cut within a length', () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0])],
    ['nothing', () => Buffer.alloc(0)],
  ])('%s', async (_, make) => {
    expect(hasTooManySegments(await make())).toBe(false)
  })
})

describe('of too many parts is', () => {
  test.each([
    ['a JPEG of more than a hundred scans', times(101, SCAN, data)],
    ['one that fills up before its markers', times(101, Buffer.alloc(50, 0xff), SCAN)],
    ['one with a scan for each of many tables', times(101, segment(0xc4, Buffer.alloc(20)), SCAN)],
    ['a JPEG of segments that hold nothing', times(10_001, segment(0xe5, Buffer.alloc(0)))],
  ])('%s', (_, bytes) => {
    expect(hasTooManySegments(bytes)).toBe(true)
  })
})
