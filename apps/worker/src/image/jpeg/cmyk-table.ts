import type { Rgb } from './cmyk-profile.ts'
import type { IccProfile } from './icc-profile.ts'

/** A table from inks to Lab: ICC.1:2010, sections 10.10 and 10.11, 8 or 16 bits. Values from 0 to 1. */
interface InkTable {
  readonly grid: number
  /** Steps of each curve. */
  readonly inputSteps: number
  readonly outputSteps: number
  readonly inputs: readonly number[]
  readonly nodes: readonly number[]
  readonly outputs: readonly number[]
  /** Converts values to Lab. */
  readonly toLab: (value: number, channel: number) => number
}

const INKS = 4

/** Most steps of a curve (section 10.10), and of a grid: larger ones are not in use. */
const MAX = { steps: 4096, grid: 20 }

/**
 * Returns the conversion of a profile from CMY, as the RGB that it leaves, to sRGB. Relative colorimetric, as Chromium.
 * Undefined if the profile has a table of another kind.
 */
export function cmyToSrgb({ tags, connection }: IccProfile): ((rgb: Rgb) => Rgb) | undefined {
  const tag = tags.get('A2B0') ?? tags.get('A2B1') ?? tags.get('A2B2')
  const table = tag && connection === 'Lab ' ? readTable(tag) : undefined
  return table && (([r, g, b]) => labToSrgb(lookUp(table, [1 - r, 1 - g, 1 - b, 0])))
}

function readTable(tag: Buffer): InkTable | undefined {
  const type = tag.toString('latin1', 0, 4)
  const [inks, channels, grid = 0] = tag.subarray(8, 11)
  if (tag.length < 52 || inks !== INKS || channels !== 3 || grid < 2 || grid > MAX.grid)
    return undefined
  if (type !== 'mft1' && type !== 'mft2') return undefined
  const wide = type === 'mft2'
  const [inputSteps, outputSteps] = wide ? [tag.readUInt16BE(48), tag.readUInt16BE(50)] : [256, 256]
  if (Math.min(inputSteps, outputSteps) < 2 || Math.max(inputSteps, outputSteps) > MAX.steps)
    return undefined
  const counts = [INKS * inputSteps, 3 * grid ** INKS, 3 * outputSteps] as const
  const samples = readSamples(tag.subarray(wide ? 52 : 48), wide, counts[0] + counts[1] + counts[2])
  if (!samples) return undefined
  const [inputs, rest] = [samples.slice(0, counts[0]), samples.slice(counts[0])]
  return {
    grid,
    inputSteps,
    outputSteps,
    inputs,
    nodes: rest.slice(0, counts[1]),
    outputs: rest.slice(counts[1]),
    toLab: wide ? labOf16Bits : labOf8Bits,
  }
}

function readSamples(data: Buffer, wide: boolean, count: number): number[] | undefined {
  if (data.length < count * (wide ? 2 : 1)) return undefined
  return Array.from({ length: count }, (_, i) =>
    wide ? data.readUInt16BE(2 * i) / 65_535 : (data[i] ?? 0) / 255,
  )
}

const labOf8Bits = (value: number, channel: number) =>
  channel === 0 ? 100 * value : 255 * value - 128
/** Section 6.3.4.2: in a `lut16Type`, an L of 100 is 0xFF00, an a or b of 0 is 0x8000. */
const labOf16Bits = (value: number, channel: number) =>
  channel === 0 ? (100 * 65_535 * value) / 0xff00 : (65_535 * value) / 256 - 128

function lookUp(table: InkTable, inks: readonly number[]): number[] {
  const { grid, inputSteps, outputSteps, inputs, nodes, outputs, toLab } = table
  const places = inks.map((ink, i) => follow(inputs, i * inputSteps, inputSteps, ink) * (grid - 1))
  const low = places.map((place) => Math.min(grid - 2, Math.floor(place)))
  const mixed = [0, 0, 0]
  for (let corner = 0; corner < 1 << INKS; corner++) {
    let [weight, index] = [1, 0]
    for (let i = 0; i < INKS; i++) {
      const high = (corner >> i) & 1
      const share = (places[i] ?? 0) - (low[i] ?? 0)
      weight *= high ? share : 1 - share
      index = index * grid + (low[i] ?? 0) + high
    }
    if (weight === 0) continue
    for (let channel = 0; channel < 3; channel++)
      mixed[channel] = (mixed[channel] ?? 0) + weight * (nodes[3 * index + channel] ?? 0)
  }
  return mixed.map((value, i) => toLab(follow(outputs, i * outputSteps, outputSteps, value), i))
}

/** Interpolates a curve. */
function follow(samples: readonly number[], from: number, steps: number, value: number): number {
  const place = value * (steps - 1)
  const low = Math.min(steps - 2, Math.floor(place))
  const [before = 0, after = 0] = samples.slice(from + low, from + low + 2)
  return before + (after - before) * (place - low)
}

/** ISO 11664-4 under D50, then IEC 61966-2-1. */
function labToSrgb([l = 0, a = 0, b = 0]: readonly number[]): Rgb {
  const fy = (l + 16) / 116
  const cube = (f: number) => (f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29))
  const [x, y, z] = [0.9642 * cube(fy + a / 500), cube(fy), 0.8249 * cube(fy - b / 200)]
  return [
    encode(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
    encode(-0.9787684 * x + 1.9161415 * y + 0.033454 * z),
    encode(0.0719453 * x - 0.2289914 * y + 1.4052427 * z),
  ]
}

function encode(light: number): number {
  const clipped = Math.min(1, Math.max(0, light))
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055
}
