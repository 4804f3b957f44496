import { BT709, BT2020, type Chromaticities, type Chromaticity, D65 } from './chromaticities.ts'
import { hdrProfile } from './hdr-profile.ts'
import { matrixProfile } from './icc-profile.ts'
import { gamma, linear, smpte240, smpte428, srgb, type Transfer } from './transfer.ts'

/** Coding-independent code points (ITU-T H.273). */
export interface Cicp {
  readonly primaries: number
  readonly transfer: number
  /** Luminance of the brightest pixel of HDR, in cd/m2, from MaxCLL or the mastering display. */
  readonly peak?: number | undefined
}

const ILLUMINANT_C: Chromaticity = [0.31, 0.316]
const space = (
  red: Chromaticity,
  green: Chromaticity,
  blue: Chromaticity,
  white = D65,
): Chromaticities => ({ red, green, blue, white })

const BT601_525 = space([0.63, 0.34], [0.31, 0.595], [0.155, 0.07])
const P3_PRIMARIES = [
  [0.68, 0.32],
  [0.265, 0.69],
  [0.15, 0.06],
] as const

/** ITU-T H.273, table 2. */
const primariesByCode: Readonly<Record<number, Chromaticities>> = {
  1: BT709,
  4: space([0.67, 0.33], [0.21, 0.71], [0.14, 0.08], ILLUMINANT_C),
  5: space([0.64, 0.33], [0.29, 0.6], [0.15, 0.06]),
  6: BT601_525,
  7: BT601_525,
  8: space([0.681, 0.319], [0.243, 0.692], [0.145, 0.049], ILLUMINANT_C),
  9: BT2020,
  10: space([1, 0], [0, 1], [0, 0], [1 / 3, 1 / 3]),
  11: space(...P3_PRIMARIES, [0.314, 0.351]),
  12: space(...P3_PRIMARIES),
  22: space([0.63, 0.34], [0.295, 0.605], [0.155, 0.077]),
}

/** As a screen shows them (ITU-R BT.1886), not as a camera encodes them: like Chromium. */
const bt1886 = gamma(2.4)
const SRGB_CODE = 13

/** ITU-T H.273, table 3. Without the codes that Chromium does not convert: 9, 10 and 12. */
const transferByCode: Readonly<Record<number, Transfer>> = {
  1: bt1886,
  4: gamma(2.2),
  5: gamma(2.8),
  6: bt1886,
  7: smpte240,
  8: linear,
  11: bt1886,
  [SRGB_CODE]: srgb,
  14: bt1886,
  15: bt1886,
  17: smpte428,
}

/** ITU-T H.273, table 3: PQ and HLG. */
const hdrByCode: Readonly<Record<number, 'pq' | 'hlg'>> = { 16: 'pq', 18: 'hlg' }

export function isKnownCicp({ primaries, transfer }: Cicp): boolean {
  return primaries in primariesByCode && (transfer in transferByCode || transfer in hdrByCode)
}

/**
 * Makes the ICC profile of RGB samples in full range. HDR is tone-mapped to SDR.
 * @returns undefined if the code points are unknown, or are those of sRGB
 */
export function profileFromCicp({ primaries, transfer, peak }: Cicp): Buffer | undefined {
  const chromaticities = primariesByCode[primaries]
  if (!chromaticities) return undefined
  const hdr = hdrByCode[transfer]
  if (hdr) return hdrProfile(chromaticities, hdr, peak)
  const curve = transferByCode[transfer]
  const isSrgb = chromaticities === BT709 && transfer === SRGB_CODE
  return curve && !isSrgb ? matrixProfile(chromaticities, curve) : undefined
}
