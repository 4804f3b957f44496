import { randomBytes, randomUUID } from 'node:crypto'
import type { AvatarChange, Picture } from '@visage/shared/avatar/avatar'
import { makeRevision, type Revision } from '@visage/shared/avatar/revision'
import { type Upload, uploadIdOf } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'
import { asUserId } from './brands.ts'

export const revisionAt = (time: number): Revision => makeRevision(time, randomBytes(10))

/** Returns an upload accepted at that time, in milliseconds. */
export function uploadAt(time: number, user = asUserId('alice')): Upload {
  return {
    id: uploadIdOf(revisionAt(time)),
    userId: user,
    bytes: 4711,
    format: 'jpeg',
    acceptedAt: new Date(time),
    correlationId: randomUUID(),
  }
}

export const picture: Picture = {
  variants: [{ size: 512, format: 'webp', bytes: 12_345 }],
  placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
  color: '#3366cc',
  source: { format: 'jpeg', width: 4000, height: 3000 },
  recipe: 'a1b2c3d4e5f6',
}

export const emailHash = 'a'.repeat(64)

export const toPicture = (userId: UserId, revision: Revision): AvatarChange => ({
  source: 'upload',
  userId,
  revision,
  picture,
})

export const toGravatar = (userId: UserId, revision: Revision, hash?: string): AvatarChange => ({
  source: 'gravatar',
  userId,
  revision,
  emailHash: hash,
})

/** Returns the items in an arbitrary order that is the same in every run. */
export function shuffled<T>(items: readonly T[]): T[] {
  const all = [...items]
  let state = 7
  for (let i = all.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const j = state % (i + 1)
    const [a, b] = [all[i] as T, all[j] as T]
    all[i] = b
    all[j] = a
  }
  return all
}
