import { createHash } from 'node:crypto'
import type { Brand } from './brand.ts'
import { type Variant, variantFormats, variantTypes } from './recipe.ts'
import { isRevision, type Revision } from './revision.ts'
import { type UploadId, uploadIdOf } from './upload.ts'
import type { UserId } from './user-id.ts'

type Named = Pick<Variant, 'size' | 'format' | 'animated'>

/** The key of an object in the bucket. */
export type ObjectKey = Brand<'ObjectKey'>

export const RAW_PREFIX = 'raw/'
export const AVATARS_PREFIX = 'avatars/'
export const ORIGINALS_PREFIX = 'originals/'

/** Raw objects sort by the time of their acceptance, so that the sweep can list them oldest first. */
export function rawKey(upload: UploadId): ObjectKey {
  return `${RAW_PREFIX}${upload}` as ObjectKey
}

/** Where the bytes of an upload go that no worker survived, for a person to look at. */
export function quarantineKey(upload: UploadId): ObjectKey {
  return `quarantine/${upload}` as ObjectKey
}

/**
 * The name of a user's folder: the SHA-256 of the user id. Whatever the id is made of, two users never
 * share a folder, on file systems that fold case included, and none leaves its own.
 */
export function userFolder(user: UserId): string {
  return createHash('sha256').update(user, 'utf8').digest('hex')
}

/** The folder of one picture's variants. */
export function variantPrefix(user: UserId, revision: Revision): string {
  return `${AVATARS_PREFIX}${userFolder(user)}/${revision}/`
}

/** Where the bytes of a picture that is shown are kept, if they are. */
export function originalKey(user: UserId, revision: Revision): ObjectKey {
  return `${ORIGINALS_PREFIX}${userFolder(user)}/${revision}` as ObjectKey
}

/**
 * What the keys of all objects of one picture begin with.
 * @param at its revision; or a moment, for whatever it was rendered anew under as well
 */
export function picturePrefixes(user: UserId, at: Revision | string): string[] {
  return [AVATARS_PREFIX, ORIGINALS_PREFIX].map((root) => `${root}${userFolder(user)}/${at}`)
}

export function variantKey(user: UserId, revision: Revision, variant: Named): ObjectKey {
  return (variantPrefix(user, revision) + variantFile(variant)) as ObjectKey
}

/** `512.webp` or `256.animated.webp`, as keys and public addresses end. */
export function variantFile({ size, format, animated }: Named): string {
  const { extension } = variantTypes[format]
  return animated ? `${size}.animated.${extension}` : `${size}.${extension}`
}

const FILE = /^([1-9]\d{0,4})(\.animated)?\.([a-z]+)$/

/** The reverse of `variantFile`; undefined for what it cannot have made. */
export function parseVariantFile(file: string): Named | undefined {
  const [, size, animated, extension] = FILE.exec(file) ?? []
  const format = variantFormats.find((f) => variantTypes[f].extension === extension)
  if (!size || !format) return undefined
  return { size: Number(size), format, ...(animated ? { animated: true } : {}) }
}

/** What a variant's key says; undefined for a key that is none. */
export function parseVariantKey(
  key: string,
): { folder: string; revision: Revision; file: string } | undefined {
  const [root, folder, revision, file, ...more] = key.split('/')
  if (`${root}/` !== AVATARS_PREFIX || !folder || !file || more.length > 0) return undefined
  return isRevision(revision) ? { folder, revision, file } : undefined
}

/** What an original's key says; undefined for a key that is none. */
export function parseOriginalKey(key: string): { folder: string; revision: Revision } | undefined {
  const [root, folder, revision, ...more] = key.split('/')
  if (`${root}/` !== ORIGINALS_PREFIX || !folder || more.length > 0) return undefined
  return isRevision(revision) ? { folder, revision } : undefined
}

export function parseRawKey(key: string): UploadId | undefined {
  const name = key.slice(RAW_PREFIX.length)
  return key.startsWith(RAW_PREFIX) && isRevision(name) ? uploadIdOf(name) : undefined
}

/** The public path of a picture that always answers with the current one. */
export function avatarPath(prefix: string, user: UserId): string {
  return `${prefix}/user/avatar/${encodeURIComponent(user)}`
}

/** The public path of one variant, which never changes. */
export function variantPath(
  prefix: string,
  user: UserId,
  revision: Revision,
  variant: Named,
): string {
  return `${avatarPath(prefix, user)}/${revision}/${variantFile(variant)}`
}
