import { recipe } from '@visage/shared/avatar/recipe'
import { describe, expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { exifOrientation, withExifName } from '../support/pictures/exif.ts'
import { jpegFile, segment } from '../support/pictures/hostile/jpeg.ts'
import { pngChunk, pngData, pngFile } from '../support/pictures/hostile/png.ts'
import {
  extendedHeader,
  FLAGS,
  riffChunk,
  riffChunks,
  webpFile,
} from '../support/pictures/hostile/webp.ts'
import { ORIENTATIONS, stored } from '../support/pictures/orientations.ts'
import { at, of, paint, type Raster, scene } from '../support/pictures/pictures.ts'
import { renderPicture } from '../support/pictures/rendered.ts'

/** Even differences of the sides: the middle of either lies on the same pixels in each rotation. */
const exact = scene(96, 64)
const tall = scene(64, 96)

/** Picture of 8 by 8 blocks, which a JPEG stores exactly. */
const blocks = (raster: Raster) =>
  paint(raster.width, raster.height, (x, y) => at(raster, x - (x % 8), y - (y % 8)))

const riff = async (raster: Raster, ...exif: Buffer[]) => {
  const chunks = riffChunks(await of(raster).webp({ lossless: true }).toBuffer())
  const image = chunks.map(({ name, data }) => riffChunk(name, data))
  const header = extendedHeader(raster.width, raster.height, FLAGS.exif)
  return webpFile(header, ...image, ...exif.map((data) => riffChunk('EXIF', data)))
}

/** Encoders that store the given pixels exactly, with an orientation. */
const lossless: Readonly<
  Record<string, (raster: Raster, orientation: number) => Promise<Buffer> | Buffer>
> = {
  'JPEG, little-endian': (raster, orientation) => blockJpeg(raster, exifOrientation(orientation)),
  'JPEG, big-endian': (raster, orientation) =>
    blockJpeg(raster, exifOrientation(orientation, 'MM')),
  'PNG, little-endian': (raster, orientation) => pngOf(raster, exifOrientation(orientation)),
  'PNG, big-endian': (raster, orientation) => pngOf(raster, exifOrientation(orientation, 'MM')),
  'interlaced PNG': (raster, orientation) => pngOf(raster, exifOrientation(orientation), true),
}

function blockJpeg(raster: Raster, exif: Buffer): Buffer {
  return jpegFile({
    ...raster,
    components: [...Buffer.from('RGB')],
    paint: (column, row) => at(raster, column * 8, row * 8),
    segments: [segment(0xe1, withExifName(exif))],
  })
}

function pngOf(raster: Raster, exif: Buffer, interlaced = false): Buffer {
  const header = { width: raster.width, height: raster.height, interlaced }
  const pixels = pngData(header, (x, y) => at(raster, x, y))
  return pngFile(header, pngChunk('eXIf', exif), pixels)
}

/**
 * The decoded pixels are identical and not scaled, so the variants are identical byte by byte.
 */
describe.each(Object.entries(lossless))('bit by bit: a %s', (name, encode) => {
  const shape = name.startsWith('JPEG') ? blocks : (raster: Raster) => raster

  test.each(ORIENTATIONS)(
    'of orientation %i equals the upright picture',
    async (orientation, row, column) => {
      for (const upright of [shape(exact), shape(tall)]) {
        const twin = await renderPicture(await encode(upright, 1))
        const turned = await renderPicture(await encode(stored(upright, row, column), orientation))
        expect(turned).toEqual(twin)
        expect(twin.source).toMatchObject({ width: upright.width, height: upright.height })
      }
    },
  )
})

test.each(ORIENTATIONS)('a WebP of Exif orientation %i is not turned', async (orientation) => {
  const exif = [exifOrientation(orientation), exifOrientation(orientation, 'MM')]
  for (const data of [...exif, withExifName(exifOrientation(orientation))]) {
    const rendered = await renderPicture(await riff(exact, data))
    expect(rendered).toEqual(await renderPicture(await riff(exact, exifOrientation(1))))
    expect(rendered.source).toMatchObject({ width: exact.width, height: exact.height })
  }
})

test.each(ORIENTATIONS)(
  'a rectangle of a picture of orientation %i is the same as of the upright one',
  async (orientation, row, column) => {
    const framing = { crop: { x: 9, y: 20, width: 40, height: 40 } }
    const crop = (file: Buffer) => render(file, recipe, limits, framing)
    const wanted = await crop(pngOf(exact, exifOrientation(1)))
    const turned = pngOf(stored(exact, row, column), exifOrientation(orientation))
    expect(await crop(turned)).toEqual(wanted)
  },
)

test('a wrong rotation differs', async () => {
  const upright = blocks(exact)
  const twin = await renderPicture(blockJpeg(upright, exifOrientation(1)))
  for (const [orientation, row, column] of ORIENTATIONS.slice(1)) {
    const turned = await renderPicture(blockJpeg(stored(upright, row, column), exifOrientation(1)))
    expect(turned.variants, `orientation ${orientation}`).not.toEqual(twin.variants)
  }
})
