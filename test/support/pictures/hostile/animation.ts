import { flat, of } from '../pictures.ts'
import {
  animationFrame,
  animationHeader,
  extendedHeader,
  FLAGS,
  riffChunk,
  riffChunks,
  webpFile,
} from './webp.ts'
import { repeated } from './zeros.ts'

/** As many frames of 64 by 64 pixels, 56 bytes each, on a canvas of any size. */
export async function animatedWebp(width: number, height: number, frames: number): Promise<Buffer> {
  const picture = of(flat(64, 64, [220, 40, 40])).webp({ lossless: true })
  const [image] = riffChunks(await picture.toBuffer())
  if (!image) throw new Error('this WebP has no picture')
  const frame = animationFrame(64, 64, riffChunk(image.name, image.data))
  return webpFile(
    extendedHeader(width, height, FLAGS.animated),
    animationHeader(),
    repeated(frame, frames),
  )
}
