/** ICC.1:2022, section 7.2: the header. Section 7.3: the number of tags, then signature, position and length of each. */
const TAG_TABLE = 128
const ENTRY_BYTES = 12

export type IccTags = ReadonlyMap<string, Buffer>

/** Returns undefined if there is no tag table, if it has more tags, or if a tag is outside of the profile. */
export function readIccTags(profile: Buffer, maxTags: number): IccTags | undefined {
  if (profile.length < TAG_TABLE + 4) return undefined
  const count = profile.readUInt32BE(TAG_TABLE)
  if (count > maxTags || TAG_TABLE + 4 + count * ENTRY_BYTES > profile.length) return undefined
  const tags = new Map<string, Buffer>()
  for (let i = 0; i < count; i++) {
    const at = TAG_TABLE + 4 + i * ENTRY_BYTES
    const [start, length] = [profile.readUInt32BE(at + 4), profile.readUInt32BE(at + 8)]
    if (start + length > profile.length) return undefined
    tags.set(profile.toString('latin1', at, at + 4), profile.subarray(start, start + length))
  }
  return tags
}
