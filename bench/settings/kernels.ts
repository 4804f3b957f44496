import sharp, { type KernelEnum, type Sharp } from 'sharp'
import { openPixels, type Pixels } from '../../apps/worker/src/image/decode.ts'
import { centreSquare } from '../support/centre-square.ts'
import { interleave, median } from '../support/cpu.ts'
import type { Row, Table } from '../support/part.ts'
import type { Picture } from '../support/pictures.ts'
import { likeness } from './likeness.ts'

const KERNELS = ['lanczos3', 'lanczos2', 'mitchell', 'cubic', 'mks2013'] as const

type Kernel = keyof KernelEnum & (typeof KERNELS)[number]

const ROUNDS = 3
const SIDE = 512
const SMALL = 128

interface Result {
  readonly kernel: Kernel
  readonly decode: number
  readonly shrink: number
  readonly kilobytes: number
  readonly ssim: number
  readonly ssimSmall: number
}

/**
 * CPU, file size and likeness of each kernel. For the likeness, the result is enlarged with a fixed kernel and compared with a
 * larger square: twice the side for the large result, four times for the small one.
 */
export async function kernelTables(pictures: readonly Picture[]): Promise<Table[]> {
  const results: Result[] = []
  for (const { bytes } of pictures) {
    const { width, height } = await sharp(bytes).metadata()
    if (Math.min(width, height) < 2 * SIDE) continue
    const wide = await centreSquare(bytes, 2 * SIDE)
    for (const kernel of KERNELS) results.push(await measure(bytes, wide, kernel))
  }
  return [
    {
      title: `kernels: from the file to ${SIDE}, from ${SIDE} to ${SMALL}`,
      rows: KERNELS.map(rowOf(results)),
    },
  ]
}

async function measure(bytes: Buffer, wide: Pixels, kernel: Kernel): Promise<Result> {
  const read = () => sharp(bytes, { autoOrient: true }).toColourspace('srgb')
  const square = await pixelsOf(read().resize(SIDE, SIDE, { kernel }), SIDE)
  const small = await pixelsOf(openPixels(square).resize(SMALL, SMALL, { kernel }), SMALL)
  const times = await interleave(
    {
      decode: () => read().resize(SIDE, SIDE, { kernel }).raw().toBuffer(),
      shrink: () => openPixels(square).resize(SMALL, SMALL, { kernel }).raw().toBuffer(),
    },
    { warmUp: 1, rounds: ROUNDS },
  )
  const webp = await openPixels(square).webp({ quality: 80 }).toBuffer()
  return {
    kernel,
    decode: median(times.decode),
    shrink: median(times.shrink),
    kilobytes: webp.length / 1000,
    ssim: await likenessTo(wide, square),
    ssimSmall: await likenessTo(square, small),
  }
}

async function likenessTo(larger: Pixels, square: Pixels): Promise<number> {
  const { side } = larger
  const enlarged = await openPixels(square).resize(side, side, { kernel: 'cubic' }).png().toBuffer()
  return (await likeness(enlarged, larger)).ssim
}

async function pixelsOf(picture: Sharp, side: number): Promise<Pixels> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true })
  return { data, side, channels: info.channels }
}

function rowOf(results: readonly Result[]): (kernel: Kernel) => Row {
  return (kernel) => {
    const own = results.filter((result) => result.kernel === kernel)
    const mean = (value: (result: Result) => number) =>
      own.reduce((sum, result) => sum + value(result), 0) / own.length
    return {
      kernel,
      [`to ${SIDE}: ms`]: mean(({ decode }) => decode),
      [`to ${SIDE}: KB as WebP`]: mean(({ kilobytes }) => kilobytes),
      [`to ${SIDE}: SSIM`]: mean(({ ssim }) => ssim).toFixed(4),
      [`to ${SMALL}: ms`]: mean(({ shrink }) => shrink),
      [`to ${SMALL}: SSIM`]: mean(({ ssimSmall }) => ssimSmall).toFixed(4),
    }
  }
}
