import { BT709, BT2020, type Chromaticities, rgbToPcs, rgbToXyz } from './chromaticities.ts'
import { tableProfile } from './icc-profile.ts'
import { xyzToLab } from './lab.ts'
import { apply, invert, type Matrix, mapTriple, multiply, type Triple } from './matrix.ts'
import { DEFAULT_PEAK, REFERENCE_WHITE, referenceWhiteGain } from './tone-map.ts'
import { hlgToScene, pqToNits } from './transfer.ts'

/** Points of the table along each axis. */
const GRID = 33
/** Colours outside sRGB stay outside, so that interpolation is exact at its border. Lab cannot hold less. */
const LEAST_LIGHT = -0.06
const CACHED_PROFILES = 4

/** ITU-R BT.2100, table 5: the nominal display of HLG, and the exponent of its rendering. */
const HLG_PEAK = 1000
const HLG_GAMMA = 1.2

type ToLight = (samples: Triple) => Triple

/** Samples to light, where 1 is reference white. */
const toLight: Readonly<Record<'pq' | 'hlg', (toXyz: Matrix) => ToLight>> = {
  pq: () => (samples) => mapTriple(samples, (sample) => pqToNits(sample) / REFERENCE_WHITE),
  hlg: (toXyz) => (samples) => {
    const scene = mapTriple(samples, hlgToScene)
    const [, luminance] = apply(toXyz, scene)
    const scale = (luminance ** (HLG_GAMMA - 1) * HLG_PEAK) / REFERENCE_WHITE
    return mapTriple(scene, (value) => value * scale)
  },
}

const cache = new Map<string, Buffer>()

/**
 * Makes the profile that shows HDR as Chromium does on an SDR screen. The tone curve applies to the largest component in
 * BT.2020.
 * @param peak in cd/m2
 */
export function hdrProfile(
  chromaticities: Chromaticities,
  transfer: 'pq' | 'hlg',
  peak = DEFAULT_PEAK,
): Buffer {
  const key = JSON.stringify([chromaticities, transfer, peak])
  const cached = cache.get(key)
  if (cached) return cached
  const profile = makeHdrProfile(chromaticities, transfer, peak)
  const [oldest] = cache.keys()
  if (cache.size >= CACHED_PROFILES && oldest !== undefined) cache.delete(oldest)
  cache.set(key, profile)
  return profile
}

function makeHdrProfile(
  chromaticities: Chromaticities,
  transfer: 'pq' | 'hlg',
  peak: number,
): Buffer {
  const toXyz = rgbToXyz(chromaticities)
  const light = toLight[transfer](toXyz)
  const gain = referenceWhiteGain(peak)
  const toBt2020 = multiply(invert(rgbToXyz(BT2020)), toXyz)
  const toBt709 = multiply(invert(rgbToXyz(BT709)), rgbToXyz(BT2020))
  const toPcs = rgbToPcs(BT709)
  return tableProfile(GRID, (samples) => {
    const colour = apply(toBt2020, light(samples))
    const factor = gain(Math.max(...colour))
    const shown = apply(
      toBt709,
      mapTriple(colour, (value) => value * factor),
    )
    return xyzToLab(
      apply(
        toPcs,
        mapTriple(shown, (value) => Math.min(Math.max(value, LEAST_LIGHT), 1)),
      ),
    )
  })
}
