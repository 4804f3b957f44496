import { labOf, spaces, type Triple, xyzOf } from './colour.ts'

const degrees = (angle: number) => (angle * Math.PI) / 180
const chroma = (a: number, b: number) => Math.hypot(a, b)
const hue = (a: number, b: number) =>
  a === 0 && b === 0 ? 0 : (Math.atan2(b, a) * 180) / Math.PI + (b < 0 ? 360 : 0)

/** CIE 142 (CIEDE2000, all weights 1): how far apart a person sees two colours in Lab; 1 is just noticeable. */
export function ciede2000([L1, a1, b1]: Triple, [L2, a2, b2]: Triple): number {
  const mean = (chroma(a1, b1) + chroma(a2, b2)) / 2
  const g = 1.5 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)) / 2
  const [C1, C2] = [chroma(a1 * g, b1), chroma(a2 * g, b2)]
  const [h1, h2] = [hue(a1 * g, b1), hue(a2 * g, b2)]
  const dh = C1 * C2 === 0 ? 0 : ((((h2 - h1) % 360) + 540) % 360) - 180
  const dH = 2 * Math.sqrt(C1 * C2) * Math.sin(degrees(dh / 2))
  const [L, C] = [(L1 + L2) / 2, (C1 + C2) / 2]
  const h = meanHue(h1, h2, C1 * C2 === 0)
  const T =
    1 -
    0.17 * Math.cos(degrees(h - 30)) +
    0.24 * Math.cos(degrees(2 * h)) +
    0.32 * Math.cos(degrees(3 * h + 6)) -
    0.2 * Math.cos(degrees(4 * h - 63))
  const sL = 1 + (0.015 * (L - 50) ** 2) / Math.sqrt(20 + (L - 50) ** 2)
  const turn = 60 * Math.exp(-(((h - 275) / 25) ** 2))
  const rT = -Math.sin(degrees(turn)) * 2 * Math.sqrt(C ** 7 / (C ** 7 + 25 ** 7))
  const [l, c, H] = [(L2 - L1) / sL, (C2 - C1) / (1 + 0.045 * C), dH / (1 + 0.015 * C * T)]
  return Math.sqrt(l * l + c * c + H * H + rT * c * H)
}

function meanHue(h1: number, h2: number, grey: boolean): number {
  if (grey) return h1 + h2
  if (Math.abs(h1 - h2) <= 180) return (h1 + h2) / 2
  return (h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2
}

/** The same of two sRGB colours of 8 bits a sample. */
export function deltaE2000(a: readonly number[], b: readonly number[]): number {
  const lab = ([r = 0, g = 0, blue = 0]: readonly number[]) =>
    labOf(xyzOf(spaces.srgb, [r / 255, g / 255, blue / 255]))
  return ciede2000(lab(a), lab(b))
}
