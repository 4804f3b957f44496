/** Colour by the formulas of its standards alone, so that no colour management can be right by its own measure. */
export type Triple = readonly [number, number, number]
export type Matrix = readonly [Triple, Triple, Triple]

/** A space of three primaries: their chromaticities, and how much light a sample stands for, both from 0 to 1. */
export interface RgbSpace {
  readonly primaries: readonly [red: Chromaticity, green: Chromaticity, blue: Chromaticity]
  readonly toLight: (sample: number) => number
}

type Chromaticity = readonly [x: number, y: number]

/** ISO 11664-2: the white of a screen, as XYZ. ICC.1, section 7.2.16: the white of a profile. */
export const D65: Triple = [0.95047, 1, 1.08883]
export const D50: Triple = [0.9642, 1, 0.8249]

/** IEC 61966-2-1 */
const srgbToLight = (sample: number) =>
  sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4
const srgbFromLight = (light: number) =>
  light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055

export const spaces = {
  /** IEC 61966-2-1 */
  srgb: {
    primaries: [
      [0.64, 0.33],
      [0.3, 0.6],
      [0.15, 0.06],
    ],
    toLight: srgbToLight,
  },
  /** SMPTE EG 432-1, with the white and the curve of sRGB. */
  displayP3: {
    primaries: [
      [0.68, 0.32],
      [0.265, 0.69],
      [0.15, 0.06],
    ],
    toLight: srgbToLight,
  },
  /** Adobe RGB (1998), section 4.3.1 */
  adobeRgb: {
    primaries: [
      [0.64, 0.33],
      [0.21, 0.71],
      [0.15, 0.06],
    ],
    toLight: (sample: number) => sample ** (563 / 256),
  },
} as const satisfies Record<string, RgbSpace>

export const times = (matrix: Matrix, [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple

/** SMPTE RP 177: the matrix that takes light to XYZ, so that equal parts of all three are white. */
export function toXyz({ primaries }: RgbSpace): Matrix {
  const [r, g, b] = primaries.map(([x, y]): Triple => [x / y, 1, (1 - x - y) / y]) as [
    Triple,
    Triple,
    Triple,
  ]
  const columns = transposed([r, g, b])
  const [red, green, blue] = times(inverse(columns), D65)
  return transposed([scaled(r, red), scaled(g, green), scaled(b, blue)])
}

const scaled = ([x, y, z]: Triple, by: number): Triple => [x * by, y * by, z * by]
export const transposed = ([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix => [
  [a, d, g],
  [b, e, h],
  [c, f, i],
]

export function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const [A, B, C] = [e * i - f * h, f * g - d * i, d * h - e * g]
  const by = 1 / (a * A + b * B + c * C)
  return [
    scaled([A, c * h - b * i, b * f - c * e], by),
    scaled([B, a * i - c * g, c * d - a * f], by),
    scaled([C, b * g - a * h, a * e - b * d], by),
  ]
}

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]

/** ICC.1, annex E: the colour that looks under the one white as `xyz` does under the other. */
export function adapted(xyz: Triple, from: Triple, to: Triple): Triple {
  const [l, m, s] = times(BRADFORD, xyz)
  const [a, b, c] = times(BRADFORD, from)
  const [A, B, C] = times(BRADFORD, to)
  return times(inverse(BRADFORD), [(l * A) / a, (m * B) / b, (s * C) / c])
}

/** Samples from 0 to 1 of a space, as XYZ under D65. */
export const xyzOf = (space: RgbSpace, samples: Triple): Triple =>
  times(toXyz(space), samples.map(space.toLight) as unknown as Triple)

/** XYZ under D65 as sRGB of 8 bits, not rounded; what is out of its gamut is clipped. */
export function srgbOf(xyz: Triple): number[] {
  const clip = (light: number) => Math.min(1, Math.max(0, light))
  return times(inverse(toXyz(spaces.srgb)), xyz).map((light) => 255 * srgbFromLight(clip(light)))
}

/** What a space's samples of 8 bits are in sRGB. */
export const shownAs = (space: RgbSpace, samples: Triple): number[] =>
  srgbOf(xyzOf(space, samples.map((sample) => sample / 255) as unknown as Triple))

/** ISO 11664-4, from XYZ under that white. */
export function labOf(xyz: Triple, white = D65): Triple {
  const [x, y, z] = xyz.map((value, i) => {
    const t = value / (white[i] ?? 1)
    return t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29
  }) as [number, number, number]
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** The reverse. */
export function xyzOfLab([L, a, b]: Triple, white = D65): Triple {
  const y = (L + 16) / 116
  const back = (t: number) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29))
  return [white[0] * back(y + a / 500), white[1] * back(y), white[2] * back(y - b / 200)]
}
