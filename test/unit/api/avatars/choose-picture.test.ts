import type { Avatar } from '@visage/shared/avatar/avatar'
import { expect, test } from 'vitest'
import { choosePicture } from '../../../../apps/api/src/avatars/choose-picture.ts'
import { asUserId } from '../../../support/domain/brands.ts'
import { revisionAt } from '../../../support/domain/uploads.ts'

const common = { userId: asUserId('alice'), revision: revisionAt(1), updatedAt: new Date(0) }
const variants = [
  { size: 512, format: 'webp', bytes: 4, animated: true },
  { size: 512, format: 'webp', bytes: 3 },
  { size: 512, format: 'jpeg', bytes: 2 },
  { size: 64, format: 'webp', bytes: 1 },
  { size: 64, format: 'jpeg', bytes: 1 },
] as const
const uploaded: Avatar = {
  ...common,
  source: 'upload',
  variants,
  placeholder: 'AAAA',
  color: '#000000',
}
const still = { size: undefined, animated: false, accept: '' }

test.each([
  ['the largest JPEG without a wish', still, variants[2]],
  ['the smallest one that is large enough', { ...still, size: 60 }, variants[4]],
  ['the largest where none is large enough', { ...still, size: 9999 }, variants[2]],
  ['the format that the client names', { ...still, accept: 'image/webp' }, variants[1]],
  ['no format for a wildcard', { ...still, accept: '*/*' }, variants[2]],
  ['the animation for a client that requests it', { ...still, animated: true }, variants[0]],
])('of an uploaded picture: %s', (_, request, variant) => {
  const { userId, revision } = common
  expect(choosePicture(uploaded, request)).toEqual({ kind: 'variant', userId, revision, variant })
})

const transparent = [
  { size: 512, format: 'webp', bytes: 3 },
  { size: 512, format: 'jpeg', bytes: 2 },
  { size: 512, format: 'png', bytes: 4, fallback: true },
] as const

test.each([
  ['PNG for a client that names no format', '', transparent[2]],
  ['PNG for a wildcard', '*/*', transparent[2]],
  ['PNG for a wildcard of pictures', 'text/html, image/*;q=0.5', transparent[2]],
  ['JPEG for a client that names JPEG', 'image/jpeg', transparent[1]],
  ['WebP for a client that names WebP', 'image/webp,*/*', transparent[0]],
])('of a picture with transparency: %s', (_, accept, variant) => {
  const avatar = { ...uploaded, variants: transparent } as Avatar
  expect(choosePicture(avatar, { ...still, accept })).toMatchObject({ variant })
})

test('a still if the picture has no animation', () => {
  const avatar = { ...uploaded, variants: variants.slice(1) } as Avatar
  expect(choosePicture(avatar, { ...still, animated: true })).toMatchObject({
    variant: variants[2],
  })
})

test.each<[string, Avatar | undefined, object]>([
  ['the default of a user who never set a picture', undefined, { kind: 'default' }],
  ['the default after a removal', { ...common, source: 'none' }, { kind: 'default' }],
  [
    'the default of a Gravatar without an address',
    { ...common, source: 'gravatar', emailHash: null },
    { kind: 'default' },
  ],
  [
    'the Gravatar of an address',
    { ...common, source: 'gravatar', emailHash: 'abc' },
    { kind: 'gravatar', emailHash: 'abc' },
  ],
])('without an uploaded picture: %s', (_, avatar, choice) => {
  expect(choosePicture(avatar, still)).toEqual(choice)
})
