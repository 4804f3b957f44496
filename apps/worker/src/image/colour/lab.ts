import { D50 } from './chromaticities.ts'
import { mapTriple, type Triple } from './matrix.ts'

const EDGE = 6 / 29

/** CIE 15, section 8.2.1: XYZ under D50 to L*a*b*. */
export function xyzToLab(xyz: Triple): Triple {
  const [x, y, z] = mapTriple(xyz, (value, i) => {
    const ratio = value / D50[i]
    return ratio > EDGE ** 3 ? Math.cbrt(ratio) : ratio / (3 * EDGE ** 2) + 4 / 29
  })
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}
