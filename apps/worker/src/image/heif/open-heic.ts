import { Rejection } from '@visage/shared/errors/app-error'
import type { PixelsView } from '../view/view.ts'
import { profileOf } from './colour.ts'
import { decodePicture } from './decode.ts'
import { endsEarly } from './ends-early.ts'
import { compileLibheif } from './libheif.ts'
import { readMeta } from './meta.ts'
import { type HeicPicture, MAX_TILE_PIXELS, readPicture } from './picture.ts'

/**
 * Reads the header of a HEIC: the primary picture, turned by `irot` and `imir` and cropped by `clap`. Exif orientation
 * is ignored, as browsers ignore it (ISO/IEC 23008-12, section 6.5). The decoder is loaded by `decode`.
 */
export function openHeic(file: Buffer): PixelsView {
  try {
    return viewOf(file, readPicture(file, readMeta(file)))
  } catch (error) {
    return rejectedView(asHeicRejection(error, file))
  }
}

function viewOf(file: Buffer, picture: HeicPicture): PixelsView {
  const { width, height } = picture.placement
  const profile = profileOf(picture.properties)
  return {
    format: 'heic',
    width,
    height,
    channels: picture.alpha ? 4 : 3,
    decode: async () => {
      assertSmallTiles(picture)
      // A program that cannot be loaded is no fault of the file.
      await compileLibheif()
      return decodePicture(file, picture).catch((error) => {
        throw asHeicRejection(error, file)
      })
    },
    ...(profile ? { profile } : {}),
  }
}

function assertSmallTiles({ tiles }: HeicPicture): void {
  if (tiles.every(({ width, height }) => width * height <= MAX_TILE_PIXELS)) return
  const msg = `This HEIC is not divided into tiles; send one of at most ${MAX_TILE_PIXELS / 1e6} megapixels`
  throw new Rejection('too_many_pixels', msg)
}

/** An opener does not throw: the reason comes when the pixels are asked for. */
function rejectedView(rejection: Rejection): PixelsView {
  const decode = () => Promise.reject(rejection)
  return { format: 'heic', width: 1, height: 1, channels: 3, decode }
}

function asHeicRejection(error: unknown, file: Buffer): Rejection {
  if (error instanceof Rejection) return error
  return new Rejection(endsEarly(file) ? 'truncated' : 'corrupt', undefined, error)
}
