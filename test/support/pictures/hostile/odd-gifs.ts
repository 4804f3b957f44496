import { COLOURS, gifFile, gifFrame, gifHead, TRAILER } from './gif.ts'
import { type Odd, RED } from './odd.ts'

const size = { width: 12, height: 12 }
const frame = gifFrame(size)
const whole = gifFile(12, 12, frame)
const at = (place: number) => gifFrame({ ...size, left: place, top: place, colour: 2 })
const red = (name: string, make: Odd['make']): Odd => ({ name, make, shows: RED })

export const soundGifs: readonly Odd[] = [
  red('version 87a', () => Buffer.concat([gifHead(12, 12, '87a'), gifFrame(size, false), TRAILER])),
  red('no end', () => whole.subarray(0, -1)),
  red('rows in four passes', () => interlaced()),
  red('a colour table of its frame', () => localColours()),
  red('a screen without sides', () => gifFile(0, 0, frame)),
  red('a frame larger than its screen', () => gifFile(8, 8, frame)),
  red('a second frame that lies partly outside', () => gifFile(12, 12, frame, at(6))),
  red('a second frame that lies wholly outside', () => gifFile(12, 12, frame, at(60))),
  red('a second frame that is cut off', () =>
    Buffer.concat([whole.subarray(0, -1), at(0).subarray(0, 30)]),
  ),
  red('a text that it asks to be drawn', () =>
    gifFile(
      12,
      12,
      Buffer.from('\x21\x01\x0c\0\0\0\0\x08\0\x08\0\x08\x08\x01\x02\x02hi\0', 'latin1'),
      frame,
    ),
  ),
  red('a comment behind its frame', () =>
    gifFile(12, 12, frame, Buffer.from('\x21\xfe\x02hi\0', 'latin1')),
  ),
]

export const unsoundGifs: readonly Odd[] = [
  { name: 'no frame', make: () => gifFile(12, 12), refused: ['corrupt'] },
  { name: 'codes of 12 bits to begin with', make: () => withCodeSize(12), refused: ['corrupt'] },
  { name: 'a frame cut off', make: () => whole.subarray(0, -9), refused: ['truncated'] },
  { name: 'nothing but a screen', make: () => gifHead(12, 12), refused: ['truncated', 'corrupt'] },
]

/** Where the frame's descriptor begins, behind head and control. */
const DESCRIPTOR = gifHead(12, 12).length + 8

function interlaced(): Buffer {
  const copy = Buffer.from(whole)
  copy[DESCRIPTOR + 9] = 0x40
  return copy
}

function withCodeSize(bits: number): Buffer {
  const copy = Buffer.from(whole)
  copy[DESCRIPTOR + 10] = bits
  return copy
}

/** The screen's colours are wrong, the frame's are right. */
function localColours(): Buffer {
  const copy = Buffer.from(whole).fill(9, 13, 13 + 12)
  copy[DESCRIPTOR + 9] = 0x81
  const colours = Buffer.from(COLOURS.flat())
  return Buffer.concat([copy.subarray(0, DESCRIPTOR + 10), colours, copy.subarray(DESCRIPTOR + 10)])
}
