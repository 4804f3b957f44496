import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openPng } from '../../../../../apps/worker/src/image/png/open.ts'
import { exifOrientation } from '../../../../support/pictures/exif.ts'
import {
  type PngHeader,
  pngChunk,
  pngData,
  pngFile,
  pngHeader,
  SIGNATURE,
} from '../../../../support/pictures/hostile/png.ts'
import { at } from '../../../../support/pictures/pictures.ts'
import { renderPicture } from '../../../../support/pictures/rendered.ts'
import { renderedPng } from '../../../../support/pictures/rendered-png.ts'

const tall: PngHeader = { width: 8, height: 16 }
const data = pngData(tall, () => [9, 9, 9])
const exif = (orientation: number, crc = 0) => pngChunk('eXIf', exifOrientation(orientation), crc)
/** An orientation of 6 as LONG. */
const long = Buffer.from(exifOrientation(6))
long.writeUInt16LE(4, 12)
const legacy = Buffer.from(
  `Raw profile type exif\0\nexif\n26\n${exifOrientation(6).toString('hex')}\n`,
  'latin1',
)

test.each<[string, boolean, Buffer[]]>([
  ['of 6 turns', true, [exif(6), data]],
  ['of 6 turns, big-endian', true, [pngChunk('eXIf', exifOrientation(6, 'MM')), data]],
  ['as a LONG does not turn', false, [pngChunk('eXIf', long), data]],
  ['with a wrong checksum does not turn', false, [exif(6, 1), data]],
  ['behind the pixels does not turn', false, [data, exif(6)]],
  [
    'behind the name of a JPEG segment does not turn',
    false,
    [pngChunk('eXIf', Buffer.concat([Buffer.from('Exif\0\0'), exifOrientation(6)])), data],
  ],
  ['in a text chunk does not turn', false, [pngChunk('tEXt', legacy), data]],
])('an orientation %s', async (_, turns, chunks) => {
  const { source } = await renderPicture(pngFile(tall, ...chunks))
  expect(source.width).toBe(turns ? 16 : 8)
})

const palette = (colours: number[], alpha: number[], indices: number[]) => {
  const header: PngHeader = { width: 4, height: 4, depth: 8, colour: 3 }
  const pixels = pngData(header, (x) => [indices[x] ?? 0])
  return pngFile(
    header,
    pngChunk('PLTE', Buffer.from(colours)),
    ...(alpha.length ? [pngChunk('tRNS', Buffer.from(alpha))] : []),
    pixels,
  )
}

test.each<[string, Buffer, number[]]>([
  [
    'an index behind the palette, as the last colour',
    palette([1, 2, 3, 200, 100, 50], [], [0, 1, 2, 255]),
    [200, 100, 50],
  ],
  [
    'a palette with a part of a colour',
    palette([1, 2, 3, 200, 100, 50, 9], [], [0, 0, 1, 1]),
    [200, 100, 50],
  ],
  [
    'more alpha than colours',
    palette([1, 2, 3, 200, 100, 50], [9, 255, 9], [0, 0, 1, 1]),
    [200, 100, 50, 255],
  ],
  [
    'alpha of an index behind the palette',
    palette([1, 2, 3, 200, 100, 50], [9, 128], [0, 0, 7, 7]),
    [200, 100, 50, 128],
  ],
])('shows %s', async (_, file, wanted) => {
  expect(at(await renderedPng(file), 2, 2)).toEqual(wanted)
})

const icc = Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(64 * 1024 ** 2))])
test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['no header', Buffer.concat([SIGNATURE, pngChunk('IEND')])],
  ['a header that is cut', Buffer.concat([SIGNATURE, pngHeader(tall)]).subarray(0, 20)],
  ['a header alone', Buffer.concat([SIGNATURE, pngHeader(tall)])],
  ['a profile of 64 MiB of zeros', pngFile(tall, pngChunk('iCCP', icc), data)],
  ['a chunk of 4 GiB', Buffer.concat([SIGNATURE, pngHeader(tall), Buffer.alloc(40, 0xff)])],
  [
    'an empty chunk of each kind',
    pngFile(
      tall,
      ...'PLTE tRNS cICP iCCP sRGB gAMA cHRM mDCV cLLI eXIf acTL fcTL fdAT IDAT'
        .split(' ')
        .map((type) => pngChunk(type)),
    ),
  ],
  [
    'a palette of 255 bits a sample',
    pngFile(
      { ...tall, depth: 255, colour: 3 },
      pngChunk('PLTE', Buffer.alloc(3)),
      pngChunk('tRNS', Buffer.alloc(3)),
    ),
  ],
  [
    'an empty second header before a hidden frame',
    pngFile(
      tall,
      pngChunk('IHDR'),
      pngChunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])),
      data,
      pngChunk('fcTL', Buffer.from('00000000000000080000001000000000000000000001000a0000', 'hex')),
      pngChunk('fdAT', Buffer.from([0, 0, 0, 1])),
    ),
  ],
  [
    '200,000 chunks',
    Buffer.concat([SIGNATURE, pngHeader(tall), Buffer.alloc(12 * 200_000, pngChunk('eXIf'))]),
  ],
])('opens %s without an error', (_, file) => {
  expect(() => openPng(file)).not.toThrow()
})
