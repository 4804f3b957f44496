import { readIccTags } from './icc-tags.ts'

const HEADER_BYTES = 128
const MAX_TAGS = 1024

/** An ICC profile that Chromium can apply. */
export interface IccProfile {
  /** ICC.1:2022, table 19: the space of the samples. */
  readonly space: string
  readonly data: Buffer
  /** False if the header states another size: lcms refuses such a profile. */
  readonly sizeMatches: boolean
  tag(signature: string): Buffer | undefined
}

/** Elements of which a profile needs one group, so that samples can be converted. ICC.1:2022, section 8.4. */
const GROUPS = [
  ['A2B0'],
  ['A2B1'],
  ['kTRC'],
  ['rTRC', 'gTRC', 'bTRC', 'rXYZ', 'gXYZ', 'bXYZ'],
] as const

/** Returns undefined if the profile is damaged. Tolerates a wrong size in the header, as Chromium does. */
export function readIcc(data: Buffer): IccProfile | undefined {
  if (data.length < HEADER_BYTES + 4 || data.toString('latin1', 36, 40) !== 'acsp') return undefined
  const tags = readIccTags(data, MAX_TAGS)
  if (!tags || !GROUPS.some((group) => group.every((signature) => tags.has(signature))))
    return undefined
  const space = data.toString('latin1', 16, 20)
  const sizeMatches = data.readUInt32BE(0) === data.length
  return { space, data, sizeMatches, tag: (signature) => tags.get(signature) }
}

/** Returns the profile with the size that it has. */
export function withSize({ data }: IccProfile): Buffer {
  const copy = Buffer.from(data)
  copy.writeUInt32BE(copy.length, 0)
  return copy
}
