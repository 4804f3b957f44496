import { recipe } from '@visage/shared/avatar/recipe'
import { beforeAll, expect, test } from 'vitest'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { jpegOfSize, webpOfSize } from '../support/pictures/headers.ts'
import { animatedWebp } from '../support/pictures/hostile/animation.ts'
import { pngChunk, pngFile } from '../support/pictures/hostile/png.ts'
import { deflatedZeros } from '../support/pictures/hostile/zeros.ts'
import { restoreLoadersAfterwards } from '../support/pictures/loaders.ts'
import { flat, of } from '../support/pictures/pictures.ts'
import { rejectionOf } from '../support/pictures/rejection.ts'

restoreLoadersAfterwards()

beforeAll(() => prepareEngine())

const picture = () => of(flat(64, 64, [220, 40, 40]))
const jpeg = async (width: number, height: number) =>
  jpegOfSize(await picture().jpeg().toBuffer(), width, height)
const png = (width: number, height: number) =>
  pngFile({ width, height }, pngChunk('IDAT', deflatedZeros(1)))

/** Sides that the format allows and the decoder does not: it says that the header is corrupt, which it is not. */
test.each<readonly [string, () => Buffer | Promise<Buffer>]>([
  ['JPEG of 65,535 by 65,535', () => jpeg(65_535, 65_535)],
  ['JPEG of 65,501 by 1', () => jpeg(65_501, 1)],
  ['PNG of 2,147,483,647 by 2,147,483,647', () => png(2 ** 31 - 1, 2 ** 31 - 1)],
  ['PNG of 1 by 20,000,000', () => png(1, 20_000_000)],
  [
    'lossless WebP of 16,384 by 16,384',
    async () => webpOfSize(await picture().webp({ lossless: true }).toBuffer(), 16_384, 16_384),
  ],
  ['animated WebP with a canvas of 16,384 by 16,384', () => animatedWebp(16_384, 16_384, 2)],
  ['animated WebP with a canvas of 60,000 by 60,000', () => animatedWebp(60_000, 60_000, 2)],
])('a %s has too many pixels, and is not damaged', async (_, make) => {
  const error = await rejectionOf(render(await make(), recipe, limits))
  expect(error?.reason).toBe('too_many_pixels')
})
