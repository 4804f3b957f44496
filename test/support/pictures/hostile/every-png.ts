import { type Odd, RED } from './odd.ts'
import { type PngHeader, pngChunk, pngData, pngFile, SAMPLES } from './png.ts'

const DEPTHS: readonly (readonly [colour: number, depths: readonly number[]])[] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]

/** Every kind that there is: its lightest colour, or the first of its palette. */
export const everyKind: readonly Odd[] = DEPTHS.flatMap(([colour, depths]) =>
  depths.flatMap((depth) =>
    [false, true].flatMap((interlaced) =>
      [
        [1, 1],
        [7, 33],
        [3, 2],
        [64, 64],
      ].map(([width = 0, height = 0]): Odd => {
        const header = { width, height, depth, colour, interlaced }
        return {
          name: `type ${colour}, ${depth} bits, ${width} by ${height}${interlaced ? ', interlaced' : ''}`,
          make: () => lightest(header),
          shows: colour === 3 ? RED : [255, 255, 255],
        }
      }),
    ),
  ),
)

function lightest(header: PngHeader & { colour: number; depth: number }): Buffer {
  const { colour, depth } = header
  const samples = Array<number>(SAMPLES[colour] ?? 1).fill(colour === 3 ? 0 : 2 ** depth - 1)
  const palette = colour === 3 ? [pngChunk('PLTE', Buffer.from(RED))] : []
  return pngFile(
    header,
    ...palette,
    pngData(header, () => samples),
  )
}
