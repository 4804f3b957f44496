import { animatedWebp } from './animation.ts'
import type { Bomb } from './bombs.ts'
import { gifFile, gifFrame } from './gif.ts'
import { pngChunk, pngData, pngFile } from './png.ts'
import { deflatedZeros, repeated } from './zeros.ts'

const small = { width: 64, height: 64 }
const red = () => [220, 40, 40] as const
const withChunk = (chunk: Buffer) => pngFile(small, chunk, pngData(small, red))
const GIBIBYTE = 1024

/** Bombs that only decoding reveals. They must be rendered or refused with little memory. */
export const dataBombs: readonly Bomb[] = [
  {
    name: 'PNG with a profile of 1 GiB',
    make: () =>
      withChunk(pngChunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), deflatedZeros(GIBIBYTE)]))),
    outcomes: ['ready', 'corrupt'],
  },
  {
    name: 'PNG with a text of 1 GiB',
    make: () =>
      withChunk(pngChunk('zTXt', Buffer.concat([Buffer.from('t\0\0'), deflatedZeros(GIBIBYTE)]))),
    outcomes: ['ready', 'corrupt'],
  },
  {
    name: 'PNG with an international text of 1 GiB',
    make: () =>
      withChunk(
        pngChunk('iTXt', Buffer.concat([Buffer.from('t\0\x01\0\0\0'), deflatedZeros(GIBIBYTE)])),
      ),
    outcomes: ['ready', 'corrupt'],
  },
  {
    name: 'PNG with 1 GiB of pixels for 64 by 64',
    make: () => pngFile(small, pngChunk('IDAT', deflatedZeros(GIBIBYTE))),
    outcomes: ['ready', 'corrupt'],
  },
  {
    name: 'PNG with 500,000 chunks',
    make: () => withChunk(repeated(pngChunk('prVt'), 500_000)),
    outcomes: ['ready', 'corrupt'],
  },
  {
    name: 'GIF with a screen of 65,535 by 65,535 and a frame of 8 by 8',
    make: () => gifFile(65_535, 65_535, gifFrame({ width: 8, height: 8 })),
    outcomes: ['ready', 'too_many_pixels'],
  },
  {
    name: 'GIF whose frames lie 65,000 pixels apart',
    make: () =>
      gifFile(
        8,
        8,
        gifFrame({ width: 8, height: 8 }),
        gifFrame({ width: 8, height: 8, left: 65_000, top: 65_000 }),
      ),
    outcomes: ['ready', 'too_many_pixels', 'corrupt'],
  },
  {
    name: 'animated WebP of 2,000 frames',
    make: () => animatedWebp(64, 64, 2000),
    outcomes: ['ready', 'too_many_frames'],
  },
]
