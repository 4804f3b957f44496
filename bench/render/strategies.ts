import { recipe } from '@visage/shared/avatar/recipe'
import sharp from 'sharp'
import { type Pixels, shrink } from '../../apps/worker/src/image/decode.ts'
import { encode } from '../../apps/worker/src/image/encode.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { makePlaceholder } from '../../apps/worker/src/image/placeholder.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { inspectFile } from '../../test/support/pictures/inspect-file.ts'
import { centreSquare } from '../support/centre-square.ts'
import type { Work } from '../support/cpu.ts'

const SIDE = Math.max(...recipe.sizes)
const { webp, jpeg } = recipe.encoding

/** Visage, and two strategies for comparison, for the picture in `bytes`. */
export async function strategiesOf(bytes: Buffer) {
  const squares = await squaresOf(bytes)
  return {
    visage: () => render(bytes, recipe, limits),
    floor: async () => {
      await decodeOnce(bytes)
      await encodeAll(squares)
    },
    perVariant: () => openForEach(bytes),
  } satisfies Record<string, Work>
}

/** The steps of the floor and of Visage. */
export async function stagesOf(bytes: Buffer) {
  const squares = await squaresOf(bytes)
  const [largest, smallest] = [squares[0] as Pixels, squares.at(-1) as Pixels]
  return {
    'floor: decode': () => decodeOnce(bytes),
    'floor: encode': () => encodeAll(squares),
    header: () => inspectFile(bytes, limits),
    decode: () => centreSquare(bytes, SIDE),
    shrink: async () => {
      let square = largest
      for (const { side } of squares) square = await shrink(square, side)
    },
    placeholder: () => makePlaceholder(smallest),
  } satisfies Record<string, Work>
}

/** The minimum for every strategy: decodes the source once, to the largest size. */
function decodeOnce(bytes: Buffer): Promise<Buffer> {
  return sharp(bytes).autoOrient().resize(SIDE, SIDE).toColourspace('srgb').raw().toBuffer()
}

async function encodeAll(squares: readonly Pixels[]): Promise<void> {
  for (const square of squares) {
    for (const format of recipe.formats) await encode(square, format, recipe)
  }
}

/** The usual implementation of thumbnails: opens the file for each size and format. */
async function openForEach(bytes: Buffer): Promise<void> {
  for (const size of recipe.sizes) {
    const resized = () => sharp(bytes).autoOrient().resize(size, size)
    await resized().webp({ quality: webp.quality, effort: webp.effort }).toBuffer()
    await resized().flatten({ background: '#ffffff' }).jpeg({ quality: jpeg.quality }).toBuffer()
  }
}

async function squaresOf(bytes: Buffer): Promise<Pixels[]> {
  const squares: Pixels[] = [await centreSquare(bytes, SIDE)]
  for (const size of recipe.sizes.slice(1))
    squares.push(await shrink(squares.at(-1) as Pixels, size))
  return squares
}
