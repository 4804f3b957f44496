import { type IccTags, readIccTags } from '../colour/icc-tags.ts'

/** Positions and lengths of ICC.1:2010, section 7. */
const HEADER = { size: 0, version: 8, kind: 12, colours: 16, connection: 20, signature: 36 }
const TAGS_AT = 128
const TAG_LENGTH = 12
const XYZ_LENGTH = 20
/** lcms reads no profile with more tags. */
const MAX_TAGS = 100

export interface IccProfile {
  /** `RGB `, `GRAY` or `CMYK`, among others. */
  readonly colours: string
  /** Colours that it connects to: `XYZ ` or `Lab `. */
  readonly connection: string
  readonly tags: IccTags
  /** The profile in the form that lcms also accepts: with its real length and a kind that describes a device. */
  readonly file: Buffer
}

const text = (bytes: Buffer, at: number) => bytes.toString('latin1', at, at + 4)

/**
 * Reads a profile that Chromium uses. Chromium ignores the length in the header, but not tags outside of the profile.
 * @returns undefined if Chromium ignores the profile
 */
export function readProfile(bytes: Buffer): IccProfile | undefined {
  if (bytes.length < TAGS_AT + 4 || text(bytes, HEADER.signature) !== 'acsp') return undefined
  const version = bytes[HEADER.version] ?? 0
  const connection = text(bytes, HEADER.connection)
  const tags = readTags(bytes)
  const valid = version >= 2 && version <= 4 && ['XYZ ', 'Lab '].includes(connection)
  const known = KINDS.includes(text(bytes, HEADER.kind))
  if (!valid || !known || !tags) return undefined
  const colours = text(bytes, HEADER.colours)
  return isUsable(colours, tags) ? { colours, connection, tags, file: mend(bytes) } : undefined
}

const DEVICES: readonly string[] = ['scnr', 'mntr', 'prtr', 'spac']
const KINDS: readonly string[] = [...DEVICES, 'link', 'abst', 'nmcl']

/** Chromium ignores a profile with an empty tag. */
function readTags(bytes: Buffer): IccTags | undefined {
  const tags = readIccTags(bytes, MAX_TAGS)
  return tags && [...tags.values()].every(({ length }) => length > 0) ? tags : undefined
}

function isUsable(colours: string, tags: IccTags): boolean {
  const adaptation = tags.get('chad')
  if (adaptation && text(adaptation, 0) !== 'sf32') return false
  if (tags.has('A2B0') || tags.has('A2B1') || tags.has('A2B2')) return true
  if (colours === 'GRAY') return isCurve(tags.get('kTRC'))
  return ['r', 'g', 'b'].every(
    (name) => isCurve(tags.get(`${name}TRC`)) && isXyz(tags.get(`${name}XYZ`)),
  )
}

const isXyz = (tag: Buffer | undefined) =>
  tag !== undefined && tag.length >= XYZ_LENGTH && text(tag, 0) === 'XYZ '

/** Numbers of a parametric curve, by its function type (ICC.1:2010, section 10.16). */
const PARAMETERS = [1, 3, 4, 5, 7]

function isCurve(tag: Buffer | undefined): boolean {
  if (!tag || tag.length < 12) return false
  if (text(tag, 0) === 'curv') return 12 + 2 * tag.readUInt32BE(8) <= tag.length
  const parameters = PARAMETERS[tag.readUInt16BE(8)]
  return text(tag, 0) === 'para' && parameters !== undefined && 12 + 4 * parameters <= tag.length
}

function mend(bytes: Buffer): Buffer {
  const isDevice = DEVICES.includes(text(bytes, HEADER.kind))
  if (bytes.readUInt32BE(HEADER.size) >= bytes.length && isDevice) return bytes
  const mended = Buffer.from(bytes)
  mended.writeUInt32BE(bytes.length, HEADER.size)
  if (!isDevice) mended.write('mntr', HEADER.kind, 'latin1')
  return mended
}

/** @param colours of the device, of 4 letters, as `connection` */
export function writeProfile(
  colours: string,
  connection: string,
  tags: readonly (readonly [name: string, data: Buffer])[],
): Buffer {
  const header = Buffer.alloc(TAGS_AT + 4 + tags.length * TAG_LENGTH)
  header.writeUInt32BE(0x0420_0000, HEADER.version)
  header.write(`scnr${colours}${connection}`, HEADER.kind, 'latin1')
  header.write('acsp', HEADER.signature, 'latin1')
  header.writeUInt32BE(tags.length, TAGS_AT)
  for (const [i, value] of D50_FIXED.entries()) header.writeUInt32BE(value, 68 + 4 * i)
  let from = header.length
  const parts = tags.map(([name, data], i) => {
    const at = TAGS_AT + 4 + i * TAG_LENGTH
    header.write(name, at, 'latin1')
    header.writeUInt32BE(from, at + 4)
    header.writeUInt32BE(data.length, at + 8)
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)])
    from += padded.length
    return padded
  })
  header.writeUInt32BE(from, HEADER.size)
  return Buffer.concat([header, ...parts])
}

/** ICC.1:2010, section 7.2.16, as s15Fixed16. */
const D50_FIXED = [0xf6d6, 0x1_0000, 0xd32d]

export const whitePoint = (): readonly [string, Buffer] => {
  const data = Buffer.alloc(XYZ_LENGTH)
  data.write('XYZ ', 'latin1')
  for (const [i, value] of D50_FIXED.entries()) data.writeUInt32BE(value, 8 + 4 * i)
  return ['wtpt', data]
}
