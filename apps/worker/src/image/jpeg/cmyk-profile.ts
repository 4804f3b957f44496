import { whitePoint, writeProfile } from './icc-profile.ts'

/** Red, green and blue, from 0 to 1. */
export type Rgb = readonly [number, number, number]

const GRID = 11

/**
 * Writes a profile by which libvips converts CMYK as Chromium does. Chromium multiplies each of C, M and Y by K to RGB
 * first, and treats the result as sRGB, or as CMY without K in the colours of the file's profile.
 * @param toSrgb converts the RGB of that product to sRGB
 */
export function writeCmykProfile(toSrgb: (rgb: Rgb) => Rgb): Buffer {
  const table = typed('mAB ', Buffer.from([4, 3, 0, 0]), ...elements(grid(toSrgb)))
  return writeProfile('CMYK', 'XYZ ', [whitePoint(), ['A2B0', table]])
}

/** C changes slowest, K fastest: ICC.1:2010, section 10.12.3. Values from 0 to 255. */
function grid(toSrgb: (rgb: Rgb) => Rgb): Buffer {
  const steps = Array.from({ length: GRID }, (_, i) => 1 - i / (GRID - 1))
  const nodes: number[] = []
  for (const c of steps)
    for (const m of steps)
      for (const y of steps) for (const k of steps) nodes.push(...toSrgb([c * k, m * k, y * k]))
  return Buffer.from(nodes.map((value) => Math.round(255 * value)))
}

/** Offsets, then B curves, matrix, M curves, grid and A curves. Each begins at a multiple of 4. */
function elements(nodes: Buffer): Buffer[] {
  const identity = typed('curv', Buffer.alloc(4))
  const three = (curve: Buffer) => Buffer.concat([curve, curve, curve])
  const dimensions = Buffer.alloc(20)
  dimensions.fill(GRID, 0, 4)
  dimensions[16] = 1
  const table = Buffer.concat([dimensions, nodes, Buffer.alloc(-nodes.length & 3)])
  const a = Buffer.concat([three(identity), identity])
  const parts = [three(identity), matrix(), three(srgbCurve()), table, a]
  const offsets = Buffer.alloc(4 * parts.length)
  let at = 12 + offsets.length
  for (const [i, part] of parts.entries()) {
    offsets.writeUInt32BE(at, 4 * i)
    at += part.length
  }
  return [offsets, ...parts]
}

/** IEC 61966-2-1, as a parametric curve of type 3. */
const srgbCurve = () =>
  typed(
    'para',
    Buffer.from([0, 3, 0, 0]),
    fixed([2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]),
  )

const SRGB_TO_XYZ = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const

const D50 = [0.9642, 1, 0.8249] as const

/** ICC.1:2010, section 6.3.3: black of a perceptual version 4 profile. lcms scales it to the black of sRGB. */
const PERCEPTUAL_BLACK = [0.00336, 0.0034731, 0.00287] as const

/** XYZ of 1 is stored as 32768 of 65535. */
const XYZ_UNIT = 32_768 / 65_535

/** Matrix and offsets that sRGB's black and white leave as they are after lcms has scaled the black. */
function matrix(): Buffer {
  const rows = SRGB_TO_XYZ.flatMap((row, i) => {
    const scale = 1 - (PERCEPTUAL_BLACK[i] ?? 0) / (D50[i] ?? 1)
    return row.map((value) => value * scale * XYZ_UNIT)
  })
  return fixed([...rows, ...PERCEPTUAL_BLACK.map((value) => value * XYZ_UNIT)])
}

const typed = (type: string, ...data: readonly Buffer[]) =>
  Buffer.concat([Buffer.from(type, 'latin1'), Buffer.alloc(4), ...data])

function fixed(values: readonly number[]): Buffer {
  const data = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) data.writeInt32BE(Math.round(value * 65_536), 4 * i)
  return data
}
