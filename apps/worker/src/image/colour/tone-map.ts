/** ITU-R BT.2408, section 2.1: the luminance of HDR reference white, in cd/m2. */
export const REFERENCE_WHITE = 203

/** Luminance of the brightest pixel if the file does not tell it, in cd/m2. */
export const DEFAULT_PEAK = 1000

/** Returns the factor for a pixel whose largest linear component is `max`, where 1 is reference white. */
export type Gain = (max: number) => number

const KAPPA = 0.65

/**
 * Returns the tone curve with which Chromium shows HDR on an SDR screen: the reference white tone mapping operator of
 * SMPTE ST 2094-50, annex C, for a target without headroom. Up to reference white the curve is a line. From there a
 * quadratic Bezier curve leads to `peak`, which becomes the white of the screen.
 */
export function referenceWhiteGain(peak: number): Gain {
  const headroom = Math.log2(peak / REFERENCE_WHITE)
  if (!(headroom > 0)) return () => 1
  const defaultHeadroom = Math.log2(DEFAULT_PEAK / REFERENCE_WHITE)
  const white = 1 - 0.5 * Math.min(headroom / defaultHeadroom, 1)
  const end = peak / REFERENCE_WHITE
  const x = bezier(1, 1 - KAPPA + KAPPA / white, end)
  const y = bezier(white, (1 - KAPPA) * white + KAPPA, 1)
  return (max) => {
    if (max <= 1) return white
    return max >= end ? 1 / max : y.at(x.solve(max)) / max
  }
}

/** A quadratic Bezier curve from `from` to `to`, as polynomial of the parameter. */
function bezier(from: number, middle: number, to: number) {
  const [a, b] = [from - 2 * middle + to, 2 * (middle - from)]
  return {
    at: (t: number) => (a * t + b) * t + from,
    /** Inverts a curve that rises. Stable where `a` is nearly 0. */
    solve: (value: number) => {
      const c = from - value
      return (-2 * c) / (b + Math.sqrt(Math.max(b * b - 4 * a * c, 0)))
    },
  }
}
