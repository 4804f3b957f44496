import { constants, deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  type PngHeader,
  pngChunk,
  pngFile,
  scanlines,
} from '../../../../support/pictures/hostile/png.ts'
import { difference } from '../../../../support/pictures/pictures.ts'
import { rejectionOf } from '../../../../support/pictures/rejection.ts'
import { renderPicture } from '../../../../support/pictures/rendered.ts'
import { renderedPng } from '../../../../support/pictures/rendered-png.ts'

const paint = (x: number, y: number) => [(x * 37 + y * 11) % 256, (x * y) % 256, (y * 53) % 256]
const idat = (data: Buffer, crc = 0) => pngChunk('IDAT', data, crc)

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at < 0 ? copy.length + at : at] = value
  return copy
}

describe.each([false, true])('a PNG (interlaced: %s)', (interlaced) => {
  const header: PngHeader = { width: 32, height: 32, interlaced }
  const rows = scanlines(header, paint)
  const data = deflateSync(rows)
  const whole = pngFile(header, idat(data))
  const cut = data.subarray(0, data.length >> 1)
  const rest = data.subarray(data.length >> 1)
  const unfinished = deflateSync(rows, { finishFlush: constants.Z_SYNC_FLUSH })

  test.each<[string, Buffer]>([
    ['a wrong checksum of the data', pngFile(header, idat(data, 1))],
    ['a wrong checksum of the last part', pngFile(header, idat(cut), idat(rest, 1))],
    ['a wrong Adler-32', pngFile(header, idat(changed(data, -1, data.at(-1) === 0 ? 1 : 0)))],
    ['no Adler-32', pngFile(header, idat(data.subarray(0, -4)))],
    ['half an Adler-32', pngFile(header, idat(data.subarray(0, -2)))],
    ['no last block', pngFile(header, idat(unfinished))],
    [
      'a window of 256 bytes',
      pngFile(header, idat(Buffer.concat([Buffer.from([0x08, 0x1d]), data.subarray(2)]))),
    ],
    [
      'rows behind the last',
      pngFile(header, idat(changed(deflateSync(Buffer.concat([rows, rows])), -1, 0))),
    ],
    ['bytes behind the data', pngFile(header, idat(Buffer.concat([data, Buffer.from('junk')])))],
    ['no IEND', whole.subarray(0, -12)],
    ['no checksum at the end', whole.subarray(0, -14)],
    ['a length behind the end', changed(whole, 35, 0xff)],
    ['bytes behind IEND', Buffer.concat([whole, Buffer.from('junk')])],
    ['a side chunk without a valid name', pngFile(header, pngChunk('a1bc'), idat(data))],
    [
      'a side chunk with a wrong checksum',
      pngFile(header, pngChunk('tRNS', Buffer.alloc(6), 1), idat(data)),
    ],
    [
      'side chunks of wrong lengths',
      pngFile(header, pngChunk('pHYs'), pngChunk('tIME', Buffer.alloc(3)), idat(data)),
    ],
  ])('with %s is shown whole', async (_, file) => {
    expect(difference(await renderedPng(file), await renderedPng(whole))).toBe(0)
  })

  test.each<[string, Buffer, string]>([
    ['a row', pngFile(header, idat(deflateSync(rows.subarray(0, -97)))), 'corrupt'],
    ['a byte', pngFile(header, idat(deflateSync(rows.subarray(0, -1)))), 'corrupt'],
    ['the end of its rows', whole.subarray(0, -80), 'truncated'],
    ['rows behind a wrong checksum', pngFile(header, idat(cut, 1), idat(rest)), 'corrupt'],
    [
      'rows behind another chunk',
      pngFile(header, idat(cut), pngChunk('tEXt'), idat(rest)),
      'corrupt',
    ],
    ['a valid check of the window', pngFile(header, idat(changed(data, 1, 0x9d))), 'corrupt'],
    [
      'a window that exists',
      pngFile(header, idat(Buffer.concat([Buffer.from([0x88, 0x1c]), data.subarray(2)]))),
      'corrupt',
    ],
    [
      'a sound palette',
      pngFile(header, pngChunk('PLTE', Buffer.alloc(3), 1), idat(data)),
      'corrupt',
    ],
    ['sound frame control', pngFile(header, pngChunk('fcTL'), idat(data)), 'corrupt'],
  ])('without %s is refused', async (_, file, reason) => {
    expect((await rejectionOf(renderPicture(file)))?.reason).toBe(reason)
  })
})
