import { type Changes, NONE } from './changes.ts'
import { type Rgb, writeCmykProfile } from './cmyk-profile.ts'
import { cmyToSrgb } from './cmyk-table.ts'
import { type IccProfile, readProfile, whitePoint, writeProfile } from './icc-profile.ts'
import { assembleProfile, isIcc, isInOrder, writeProfileSegments } from './icc-segments.ts'
import { isFrame, type Segment } from './markers.ts'

const COMPONENTS_AT = 5

/** Returns the changes by which libvips uses the profile that Chromium uses, in the way Chromium does. */
export function colourChanges(segments: readonly Segment[]): Changes {
  const icc = segments.filter(isIcc)
  const components = segments.find(({ code }) => isFrame(code))?.data[COMPONENTS_AT]
  if (icc.length === 0 && components !== 4) return NONE
  const assembled = assembleProfile(icc)
  const profile = assembled && readProfile(assembled)
  const wanted = components ? WANTED[components]?.(profile) : undefined
  if (wanted && wanted === assembled && isInOrder(icc)) return NONE
  return { removed: icc, added: wanted ? writeProfileSegments(wanted) : [] }
}

/** The profile that libvips needs, by the number of components. */
const WANTED: Readonly<Record<number, (profile?: IccProfile) => Buffer | undefined>> = {
  1: greyProfile,
  3: (profile) => (profile?.colours === 'RGB ' ? profile.file : undefined),
  4: cmykProfile,
}

/** Chromium converts grey with an RGB profile too. libvips needs a grey profile with the same curve. */
function greyProfile(profile?: IccProfile): Buffer | undefined {
  if (profile?.colours === 'GRAY') return profile.file
  const curve = profile?.colours === 'RGB ' ? profile.tags.get('rTRC') : undefined
  return curve && writeProfile('GRAY', 'XYZ ', [whitePoint(), ['kTRC', curve]])
}

function cmykProfile(profile?: IccProfile): Buffer {
  if (profile?.colours !== 'CMYK') return plainCmykProfile()
  const toSrgb = cmyToSrgb(profile)
  return toSrgb ? writeCmykProfile(toSrgb) : profile.file
}

let plain: Buffer | undefined

function plainCmykProfile(): Buffer {
  plain ??= writeCmykProfile((rgb: Rgb) => rgb)
  return plain
}
