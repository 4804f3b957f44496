import { profileFromCicp } from '../colour/cicp.ts'
import type { Box } from './boxes.ts'

/** ISO/IEC 14496-12, section 12.1.5: the first ICC profile counts, else the first code points. */
export function profileOf(properties: readonly Box[]): Buffer | undefined {
  const colours = properties.filter(({ type, data }) => type === 'colr' && data.length >= 8)
  const named = (...names: string[]) =>
    colours.find(({ data }) => names.includes(data.toString('latin1', 0, 4)))?.data.subarray(4)
  return rgbProfile(named('prof', 'rICC')) ?? profileOfCodes(named('nclx'))
}

/** ICC.1, section 7.2: the length, the colour space and the signature of a profile. */
function rgbProfile(profile: Buffer | undefined): Buffer | undefined {
  if (!profile || profile.length < 128 || profile.readUInt32BE(0) > profile.length) return undefined
  const is = (text: string, at: number) => profile.toString('latin1', at, at + 4) === text
  return is('RGB ', 16) && is('acsp', 36) ? profile : undefined
}

/** ITU-T H.273: primaries, transfer characteristics, matrix. The decoder applies the matrix. */
export function profileOfCodes(nclx: Buffer | undefined): Buffer | undefined {
  if (!nclx || nclx.length < 4) return undefined
  return profileFromCicp({ primaries: nclx.readUInt16BE(0), transfer: nclx.readUInt16BE(2) })
}
