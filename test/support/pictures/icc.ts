import { adapted, D50, D65, type RgbSpace, type Triple, toXyz, transposed } from './colour.ts'

/** ICC profiles written by hand (ICC.1:2001, version 2), as far as a decoder looks at them. */

type Tag = readonly [signature: string, data: Buffer]

const s15Fixed16 = (values: readonly number[]) => {
  const data = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) data.writeInt32BE(Math.round(value * 65_536), i * 4)
  return data
}

const typed = (type: string, ...data: readonly Buffer[]) =>
  Buffer.concat([Buffer.from(type), Buffer.alloc(4), ...data])

const xyz = (value: Triple) => typed('XYZ ', s15Fixed16(value))

const words = (values: readonly number[]) => {
  const data = Buffer.alloc(values.length * 2)
  for (const [i, value] of values.entries()) data.writeUInt16BE(Math.round(value), i * 2)
  return data
}

/** How much light each of 4,096 steps stands for. */
function curve(toLight: (sample: number) => number): Buffer {
  const steps = 4096
  const count = Buffer.alloc(4)
  count.writeUInt32BE(steps)
  const samples = Array.from({ length: steps }, (_, i) => toLight(i / (steps - 1)) * 65_535)
  return typed('curv', count, words(samples))
}

const description = () => {
  const text = Buffer.from('test\0')
  const length = Buffer.from([0, 0, 0, text.length])
  return typed('desc', length, text, Buffer.alloc(78))
}

const COMMON: readonly Tag[] = [
  ['desc', description()],
  ['cprt', typed('text', Buffer.from('none\0'))],
  ['wtpt', xyz(D50)],
]

export function rgbProfile(space: RgbSpace): Buffer {
  const columns = transposed(toXyz(space)).map((column) => adapted(column, D65, D50))
  const names = ['r', 'g', 'b']
  const primaries = columns.map((column, i): Tag => [`${names[i]}XYZ`, xyz(column)])
  const curves = names.map((name): Tag => [`${name}TRC`, curve(space.toLight)])
  return profile('mntr', 'RGB ', 'XYZ ', [...COMMON, ...primaries, ...curves])
}

export const greyProfile = (toLight: (sample: number) => number): Buffer =>
  profile('mntr', 'GRAY', 'XYZ ', [...COMMON, ['kTRC', curve(toLight)]])

/**
 * A printer whose 16 colours of full inks, from none to all four, are these in Lab under D50; C is the
 * slowest to change, K the fastest. @param lab of C, M, Y and K, each 0 or 1
 */
export function cmykProfile(lab: (c: number, m: number, y: number, k: number) => Triple): Buffer {
  const inks = Array.from({ length: 16 }, (_, i) => [i >> 3, (i >> 2) & 1, (i >> 1) & 1, i & 1])
  const grid = inks.flatMap(([c = 0, m = 0, y = 0, k = 0]) => labSamples(lab(c, m, y, k)))
  const straight = (channels: number) => Array(channels).fill([0, 65_535]).flat()
  const table = typed(
    'mft2',
    Buffer.from([4, 3, 2, 0]),
    s15Fixed16([1, 0, 0, 0, 1, 0, 0, 0, 1]),
    words([2, 2]),
    words(straight(4)),
    words(grid),
    words(straight(3)),
  )
  return profile('prtr', 'CMYK', 'Lab ', [...COMMON, ['A2B0', table]])
}

/** ICC.1:2001, section 6.4: 16 bits, 0xFF00 for an L of 100, 0x8000 for an a or b of 0. */
const labSamples = ([L, a, b]: Triple) => [(L / 100) * 0xff00, (a + 128) * 256, (b + 128) * 256]

function profile(kind: string, colours: string, connection: string, tags: readonly Tag[]): Buffer {
  const header = Buffer.alloc(128)
  header.writeUInt32BE(0x0240_0000, 8)
  header.write(kind + colours + connection, 12)
  header.set([0x07, 0xd0, 0, 1, 0, 1], 24)
  header.write('acsp', 36)
  s15Fixed16(D50).copy(header, 68)
  const table = Buffer.alloc(4 + tags.length * 12)
  table.writeUInt32BE(tags.length)
  const parts: Buffer[] = []
  let offset = header.length + table.length
  for (const [i, [signature, data]] of tags.entries()) {
    const padded = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)])
    table.write(signature, 4 + i * 12)
    table.writeUInt32BE(offset, 8 + i * 12)
    table.writeUInt32BE(data.length, 12 + i * 12)
    parts.push(padded)
    offset += padded.length
  }
  header.writeUInt32BE(offset)
  return Buffer.concat([header, table, ...parts])
}
