import type { FileView } from '../view/view.ts'
import type { Box } from './boxes.ts'
import { profileOfCodes } from './colour.ts'
import { type Meta, readMeta } from './meta.ts'
import { extentOf } from './picture.ts'
import { hasMovie, hideMovie, showFirstFrame } from './sequence.ts'
import { placementOf } from './transforms.ts'

const MAJOR_BRAND = 8

/**
 * libvips decodes the primary item, turned by `irot` and `imir`. It ignores primaries and transfer characteristics, so
 * the view has a profile for them. A header that libvips reads in another way than Chromium is changed in a copy.
 */
export function openAvif(file: Buffer): FileView {
  const properties = propertiesOfPrimary(file)
  const profile = profileOfAvif(properties)
  const cropped = ignoreCrop(file, properties)
  return { format: 'avif', file: asStill(cropped), ...(profile ? { profile } : {}) }
}

function propertiesOfPrimary(file: Buffer): readonly Box[] {
  try {
    const { primary, properties }: Meta = readMeta(file)
    return properties.get(primary) ?? []
  } catch {
    return []
  }
}

/** libvips opens no animation. Chromium shows its first frame, unless the major brand is that of a still picture. */
function asStill(file: Buffer): Buffer {
  const still = file.toString('latin1', MAJOR_BRAND, MAJOR_BRAND + 4) === 'avif'
  if (still && !hasMovie(file)) return file
  const copy = Buffer.from(file)
  if (!still) showFirstFrame(copy)
  return hideMovie(copy)
}

/** Chromium applies a clean aperture only if it begins at the top left corner. libvips applies each. */
function ignoreCrop(file: Buffer, properties: readonly Box[]): Buffer {
  const clap = properties.find(({ type }) => type === 'clap')
  if (!clap || beginsAtCorner(clap, properties)) return file
  const type = clap.data.byteOffset - file.byteOffset - 4
  if (file.toString('latin1', type, type + 4) !== 'clap') return file
  const copy = Buffer.from(file)
  copy.write('free', type, 'latin1')
  return copy
}

function beginsAtCorner(clap: Box, properties: readonly Box[]): boolean {
  const size = extentOf(properties)
  if (!size) return false
  try {
    const { left, top } = placementOf(size, [clap])
    return left === 0 && top === 0
  } catch {
    return false
  }
}

/** An ICC profile comes first, as in Chromium, and libvips applies it. */
function profileOfAvif(properties: readonly Box[]): Buffer | undefined {
  const colours = properties.filter(({ type }) => type === 'colr')
  const types = colours.map(({ data }) => data.toString('latin1', 0, 4))
  if (types.some((type) => type === 'prof' || type === 'rICC')) return undefined
  return profileOfCodes(colours[types.indexOf('nclx')]?.data.subarray(4))
}
