import { apply, diagonal, invert, type Matrix, mapTriple, multiply, type Triple } from './matrix.ts'

/** CIE 1931 chromaticity. */
export type Chromaticity = readonly [x: number, y: number]

/** The primaries and the white of an RGB space. */
export interface Chromaticities {
  readonly white: Chromaticity
  readonly red: Chromaticity
  readonly green: Chromaticity
  readonly blue: Chromaticity
}

export const D65: Chromaticity = [0.3127, 0.329]

/** ITU-R BT.709, and IEC 61966-2-1 (sRGB). */
export const BT709: Chromaticities = {
  white: D65,
  red: [0.64, 0.33],
  green: [0.3, 0.6],
  blue: [0.15, 0.06],
}

/** ITU-R BT.2020 */
export const BT2020: Chromaticities = {
  white: D65,
  red: [0.708, 0.292],
  green: [0.17, 0.797],
  blue: [0.131, 0.046],
}

/** ICC.1:2022, section 7.2.16: the white of the profile connection space, as XYZ. */
export const D50: Triple = [0.9642, 1, 0.8249]

/** ICC.1:2022, annex E. */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]

const xyzOf = ([x, y]: Chromaticity): Triple => [x / y, 1, (1 - x - y) / y]
const columnOf = ([x, y]: Chromaticity): Triple => [x, y, 1 - x - y]

/** SMPTE RP 177: the matrix from linear RGB to XYZ. Equal parts of all three give the white. */
export function rgbToXyz({ white, red, green, blue }: Chromaticities): Matrix {
  const [r, g, b] = [columnOf(red), columnOf(green), columnOf(blue)]
  const primaries = mapRows(r, g, b)
  return multiply(primaries, diagonal(apply(invert(primaries), xyzOf(white))))
}

const mapRows = (r: Triple, g: Triple, b: Triple): Matrix => [
  [r[0], g[0], b[0]],
  [r[1], g[1], b[1]],
  [r[2], g[2], b[2]],
]

/** The matrix from linear RGB to XYZ under D50, adapted by Bradford. */
export function rgbToPcs(chromaticities: Chromaticities): Matrix {
  const from = apply(BRADFORD, xyzOf(chromaticities.white))
  const to = apply(BRADFORD, D50)
  const scale = diagonal(mapTriple(to, (value, i) => value / from[i]))
  const adaptation = multiply(invert(BRADFORD), multiply(scale, BRADFORD))
  return multiply(adaptation, rgbToXyz(chromaticities))
}

/** False if the primaries span no space, or if one of the numbers is outside 0 to 1. */
export function isRgbSpace(chromaticities: Chromaticities): boolean {
  const { white, red, green, blue } = chromaticities
  const inRange = [white, red, green, blue].flat().every((value) => value >= 0 && value <= 1)
  return inRange && rgbToPcs(chromaticities).flat().every(Number.isFinite)
}
