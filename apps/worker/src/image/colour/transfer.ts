/** Converts an encoded sample to linear light, both from 0 to 1. */
export type Transfer = (sample: number) => number

export const linear: Transfer = (sample) => sample

export const gamma =
  (exponent: number): Transfer =>
  (sample) =>
    sample ** exponent

/** IEC 61966-2-1 */
export const srgb: Transfer = (sample) =>
  sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4

/** IEC 61966-2-1, from light from 0 to 1 to an encoded sample. */
export const encodeSrgb = (light: number): number =>
  light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055

/** SMPTE ST 240 */
export const smpte240: Transfer = (sample) =>
  sample < 0.0913 ? sample / 4 : ((sample + 0.1115) / 1.1115) ** (1 / 0.45)

/** SMPTE ST 428-1: white is at 48 of 52.37 cd/m2. */
export const smpte428: Transfer = (sample) => Math.min(1, (52.37 / 48) * sample ** 2.6)

/** SMPTE ST 2084 (PQ), in cd/m2. */
export function pqToNits(sample: number): number {
  const power = sample ** (32 / 2523)
  const ratio = Math.max(power - 3424 / 4096, 0) / (2413 / 128 - (2392 / 128) * power)
  return 10_000 * ratio ** (8192 / 1305)
}

/** ITU-R BT.2100, table 5 (HLG): the light of the scene, from 0 to 1. */
export function hlgToScene(sample: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073]
  return sample <= 0.5 ? sample ** 2 / 3 : (Math.exp((sample - c) / a) + b) / 12
}
