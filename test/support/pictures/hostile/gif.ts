/** GIF files written by hand (GIF89a), of one colour a frame. */
export interface GifFrame {
  readonly left?: number
  readonly top?: number
  readonly width: number
  readonly height: number
  /** Index into the colours. */
  readonly colour?: number
}

export const COLOURS = [
  [0, 0, 0],
  [220, 40, 40],
  [40, 200, 40],
  [255, 255, 255],
] as const

const word = (value: number) => [value & 255, value >> 8]

export function gifHead(width: number, height: number, version = '89a'): Buffer {
  const screen = [...word(width), ...word(height), 0x91, 0, 0]
  return Buffer.concat([Buffer.from(`GIF${version}`), Buffer.from([...screen, ...COLOURS.flat()])])
}

/** One frame: its control where wanted, its descriptor, its pixels. */
export function gifFrame(frame: GifFrame, control = true): Buffer {
  const { left = 0, top = 0, width, height, colour = 1 } = frame
  const descriptor = [0x2c, ...word(left), ...word(top), ...word(width), ...word(height), 0]
  return Buffer.concat([
    Buffer.from(control ? [0x21, 0xf9, 4, 0, 10, 0, 0, 0] : []),
    Buffer.from([...descriptor, 2]),
    subBlocks(flatPixels(width * height, colour)),
  ])
}

export const TRAILER = Buffer.from([0x3b])

/** Cut into blocks of at most 255 bytes, with the empty one that ends them. */
export function subBlocks(data: Uint8Array): Buffer {
  const parts: Uint8Array[] = []
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255)
    parts.push(Uint8Array.of(part.length), part)
  }
  return Buffer.concat([...parts, Uint8Array.of(0)])
}

const CLEAR = 4
const END = 5

/** LZW with a clear code before the code length grows past 3 bits: long, but simple. */
function flatPixels(count: number, colour: number): Buffer {
  const codes: number[] = []
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) codes.push(CLEAR)
    codes.push(colour)
  }
  codes.push(END)
  const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8))
  for (const [i, code] of codes.entries())
    for (let bit = 0; bit < 3; bit++) {
      const at = i * 3 + bit
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (((code >> bit) & 1) << (at & 7))
    }
  return bytes
}

export const gifFile = (width: number, height: number, ...frames: readonly Buffer[]): Buffer =>
  Buffer.concat([gifHead(width, height), ...frames, TRAILER])
