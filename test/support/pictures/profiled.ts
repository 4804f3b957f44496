import { deflateSync } from 'node:zlib'
import { deltaE2000 } from './ciede2000.ts'
import { type Coded, jpegFile, segment } from './hostile/jpeg.ts'
import { type PngHeader, pngChunk, pngData, pngFile } from './hostile/png.ts'
import { extendedHeader, FLAGS, riffChunk, riffChunks, webpFile } from './hostile/webp.ts'
import { at, flat, of, type Samples } from './pictures.ts'
import { renderPicture, shownInEach } from './rendered.ts'

/** What a lossy variant may be off: WebP and JPEG keep a flat colour to about one step of 255. */
export const NEAR = 1.5

export const small = { width: 64, height: 64 }
export const middle = 32

/** CIEDE2000 from the colour that the formulas give, of the worst variant. */
export async function worst(file: Buffer, wanted: Samples): Promise<number> {
  const rasters = await shownInEach(await renderPicture(file))
  return Math.max(...rasters.map((raster) => deltaE2000(at(raster, middle, middle), wanted)))
}

export const pngProfile = (icc: Buffer) =>
  pngChunk('iCCP', Buffer.concat([Buffer.from('test\0\0'), deflateSync(icc)]))

export const png = (header: Partial<PngHeader>, samples: Samples, ...chunks: readonly Buffer[]) => {
  const whole = { ...small, ...header }
  return pngFile(
    whole,
    ...chunks,
    pngData(whole, () => samples),
  )
}

/** ICC.1, annex B.4: a profile in so many segments. */
export const jpegProfile = (icc: Buffer, parts = 1) =>
  Array.from({ length: parts }, (_, i) => {
    const cut = (part: number) => Math.floor((icc.length * part) / parts)
    return segment(
      0xe2,
      Buffer.from('ICC_PROFILE\0'),
      [i + 1, parts],
      icc.subarray(cut(i), cut(i + 1)),
    )
  })

export const jpeg = (samples: Samples, segments: readonly Buffer[], more: Partial<Coded> = {}) =>
  jpegFile({
    ...small,
    components: [...Buffer.from('RGB')],
    paint: () => samples,
    segments,
    ...more,
  })

export async function webp(samples: Samples, icc: Buffer): Promise<Buffer> {
  const plain = await of(flat(64, 64, samples))
    .webp({ lossless: true })
    .toBuffer()
  const image = riffChunks(plain).map(({ name, data }) => riffChunk(name, data))
  return webpFile(extendedHeader(64, 64, FLAGS.icc), riffChunk('ICCP', icc), ...image)
}
