import {
  BT709,
  type Chromaticities,
  type Chromaticity,
  isRgbSpace,
  rgbToPcs,
} from '../colour/chromaticities.ts'
import { isKnownCicp, profileFromCicp } from '../colour/cicp.ts'
import { curvesProfile, matrixProfile } from '../colour/icc-profile.ts'
import { type IccProfile, withSize } from '../colour/icc-reader.ts'
import { gamma } from '../colour/transfer.ts'
import { isGrey, type PngHeader } from './header.ts'
import { readIccpChunk } from './profile.ts'

/** The colours of the samples. `profile` is undefined for sRGB. */
export interface PngColour {
  readonly profile?: Buffer
  /** True if libvips finds the same profile in the file. */
  readonly embedded?: boolean
}

const SRGB: PngColour = {}

/** PNG, section 13.13 (table 26): cICP, then iCCP, then sRGB, then gAMA with cHRM. */
export function colourOf(header: PngHeader): PngColour {
  const { chunks } = header
  const profile = readIccpChunk(chunks.get('iCCP')?.data ?? Buffer.alloc(0))
  return (
    cicpColour(header) ??
    (profile && iccColour(profile, header)) ??
    (chunks.has('sRGB') ? SRGB : gammaColour(header))
  )
}

/** Chromium refuses a picture whose cICP states another matrix than RGB, or a range that is not defined. */
export function hasRefusedCicp(header: PngHeader): boolean {
  const [, , matrix = 0, range = 0] = readCicp(header) ?? []
  return matrix !== 0 || range > 1
}

/** PNG, section 11.3.2.6. Chromium applies a cICP chunk only in full range and before the palette. */
function cicpColour(header: PngHeader): PngColour | undefined {
  const [primaries = 2, transfer = 2, , range] = readCicp(header) ?? []
  const cicp = { primaries, transfer, peak: peakOf(header) }
  if (range !== 1 || !isKnownCicp(cicp)) return undefined
  const profile = profileFromCicp(cicp)
  return profile ? { profile } : SRGB
}

function readCicp({ chunks }: PngHeader): Buffer | undefined {
  const [cicp, palette] = [chunks.get('cICP'), chunks.get('PLTE')]
  return cicp && palette && palette.at < cicp.at ? undefined : cicp?.data
}

/** PNG, sections 11.3.2.7 (mDCV) and 11.3.2.8 (cLLI): luminances in units of 0.0001 cd/m2. */
function peakOf({ chunks }: PngHeader): number | undefined {
  const maxCll = chunks.get('cLLI')?.data.readUInt32BE(0)
  const mastering = chunks.get('mDCV')?.data.readUInt32BE(16)
  const peak = maxCll || mastering
  return peak ? peak / 10_000 : undefined
}

/** Chromium applies RGB profiles to grey samples, and no profile of another space. */
function iccColour(icc: IccProfile, header: PngHeader): PngColour {
  const { chunks } = header
  if (icc.space === 'GRAY' && isGrey(header)) return greyColour(icc, header)
  if (icc.space !== 'RGB ') return SRGB
  const [chunk, palette] = [chunks.get('iCCP'), chunks.get('PLTE')]
  const inPlace = !palette || (chunk?.at ?? 0) < palette.at
  const profile = icc.sizeMatches ? icc.data : withSize(icc)
  return { profile, embedded: inPlace && icc.sizeMatches && !isGrey(header) }
}

/** A grey profile as an RGB profile: sharp converts grey samples of 16 bits only as RGB. */
function greyColour(icc: IccProfile, { depth }: PngHeader): PngColour {
  const curve = icc.tag('kTRC')
  if (depth < 16 && icc.sizeMatches) return { profile: icc.data, embedded: true }
  return curve ? { profile: curvesProfile(rgbToPcs(BT709), curve) } : SRGB
}

/** Chromium takes a gAMA chunk without cHRM for sRGB if it differs from 1/2.2 by less than this factor. */
const SRGB_TOLERANCE = 0.05

/** PNG, sections 11.3.2.1 (cHRM) and 11.3.2.2 (gAMA). Chromium ignores cHRM without gAMA, and both if one is invalid. */
function gammaColour({ chunks }: PngHeader): PngColour {
  const encoding = (chunks.get('gAMA')?.data.readUInt32BE(0) ?? 0) / 100_000
  if (encoding === 0) return SRGB
  const transfer = gamma(1 / encoding)
  const chromaticities = readChromaticities(chunks.get('cHRM')?.data)
  if (chromaticities)
    return isRgbSpace(chromaticities) ? { profile: matrixProfile(chromaticities, transfer) } : SRGB
  return Math.abs(encoding * 2.2 - 1) < SRGB_TOLERANCE
    ? SRGB
    : { profile: matrixProfile(BT709, transfer) }
}

function readChromaticities(data: Buffer | undefined): Chromaticities | undefined {
  if (!data) return undefined
  const at = (index: number): Chromaticity => [
    data.readUInt32BE(8 * index) / 100_000,
    data.readUInt32BE(8 * index + 4) / 100_000,
  ]
  return { white: at(0), red: at(1), green: at(2), blue: at(3) }
}
