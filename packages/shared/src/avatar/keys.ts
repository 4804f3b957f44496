import { createHash } from 'node:crypto'
import type { Brand } from './brand.ts'
import { type Variant, variantFormats, variantTypes } from './recipe.ts'
import { isRevision, type Revision } from './revision.ts'
import { type UploadId, uploadIdOf } from './upload.ts'
import type { UserId } from './user-id.ts'

type VariantName = Pick<Variant, 'size' | 'format' | 'animated'>

/** The key of an object in the bucket. */
export type ObjectKey = Brand<'ObjectKey'>

export const RAW_PREFIX = 'raw/'
export const AVATARS_PREFIX = 'avatars/'
export const ORIGINALS_PREFIX = 'originals/'

/** Raw keys sort by the time of acceptance, so that the sweep can list raw objects oldest first. */
export function rawKey(upload: UploadId): ObjectKey {
  return `${RAW_PREFIX}${upload}` as ObjectKey
}

/** Key for the bytes of an upload that crashed its renderer in every attempt. An operator can inspect them. */
export function quarantineKey(upload: UploadId): ObjectKey {
  return `quarantine/${upload}` as ObjectKey
}

/**
 * Returns the name of a user's folder: the SHA-256 of the user id. Two users never share a folder, even on file systems
 * that ignore case. No id can lead to a path outside its folder.
 */
export function userFolder(user: UserId): string {
  return createHash('sha256').update(user, 'utf8').digest('hex')
}

/** Returns the common key prefix of one picture's variants. */
export function variantPrefix(user: UserId, revision: Revision): string {
  return `${AVATARS_PREFIX}${userFolder(user)}/${revision}/`
}

/** Key for the original of a current picture. The object exists only if originals are kept. */
export function originalKey(user: UserId, revision: Revision): ObjectKey {
  return `${ORIGINALS_PREFIX}${userFolder(user)}/${revision}` as ObjectKey
}

/**
 * Returns the key prefixes of all objects of one picture.
 * @param at the picture's revision; or a `millisecondPrefix`, which also covers the revisions of its re-renders
 */
export function picturePrefixes(user: UserId, at: Revision | string): string[] {
  return [AVATARS_PREFIX, ORIGINALS_PREFIX].map((root) => `${root}${userFolder(user)}/${at}`)
}

export function variantKey(user: UserId, revision: Revision, variant: VariantName): ObjectKey {
  return (variantPrefix(user, revision) + variantFile(variant)) as ObjectKey
}

/** Returns the last part of a key or a public URL, such as `512.webp` or `256.animated.webp`. */
export function variantFile({ size, format, animated }: VariantName): string {
  const { extension } = variantTypes[format]
  return animated ? `${size}.animated.${extension}` : `${size}.${extension}`
}

const FILE = /^([1-9]\d{0,4})(\.animated)?\.([a-z]+)$/

/** Parses the result of `variantFile`. Returns undefined for any other text. */
export function parseVariantFile(file: string): VariantName | undefined {
  const [, size, animated, extension] = FILE.exec(file) ?? []
  const format = variantFormats.find((f) => variantTypes[f].extension === extension)
  if (!size || !format) return undefined
  return { size: Number(size), format, ...(animated ? { animated: true } : {}) }
}

/** Parses the key of a variant. Returns undefined for any other key. */
export function parseVariantKey(
  key: string,
): { folder: string; revision: Revision; file: string } | undefined {
  const [root, folder, revision, file, ...more] = key.split('/')
  if (`${root}/` !== AVATARS_PREFIX || !folder || !file || more.length > 0) return undefined
  return isRevision(revision) ? { folder, revision, file } : undefined
}

/** Parses the key of an original. Returns undefined for any other key. */
export function parseOriginalKey(key: string): { folder: string; revision: Revision } | undefined {
  const [root, folder, revision, ...more] = key.split('/')
  if (`${root}/` !== ORIGINALS_PREFIX || !folder || more.length > 0) return undefined
  return isRevision(revision) ? { folder, revision } : undefined
}

export function parseRawKey(key: string): UploadId | undefined {
  const name = key.slice(RAW_PREFIX.length)
  return key.startsWith(RAW_PREFIX) && isRevision(name) ? uploadIdOf(name) : undefined
}

/** Returns the stable public path of a user's current picture. */
export function avatarPath(prefix: string, user: UserId): string {
  return `${prefix}/user/avatar/${encodeURIComponent(user)}`
}

/** Returns the public path of one variant. Its content never changes. */
export function variantPath(
  prefix: string,
  user: UserId,
  revision: Revision,
  variant: VariantName,
): string {
  return `${avatarPath(prefix, user)}/${revision}/${variantFile(variant)}`
}
