import { userFolder, variantKey } from '@visage/shared/avatar/keys'
import type { ListedObject } from '@visage/shared/storage/object-store'
import { expect, test } from 'vitest'
import { storedPictures } from '../../../../apps/worker/src/maintenance/stored-pictures.ts'
import { asObjectKey, asRevision, asUserId } from '../../../support/domain/brands.ts'
import { collect } from '../../../support/domain/collect.ts'
import { revisionAt } from '../../../support/domain/uploads.ts'

const [first, second] = [revisionAt(1), revisionAt(2)]
const webp = { size: 64, format: 'webp' } as const
const jpeg = { size: 64, format: 'jpeg' } as const

const key = (user: string, revision: string, variant: typeof webp | typeof jpeg) => ({
  key: variantKey(asUserId(user), asRevision(revision), variant),
  writtenAt: new Date(0),
})

function pictures(...objects: ListedObject[]) {
  const listObjects = async function* () {
    yield* objects
  }
  return collect(storedPictures({ listObjects }))
}

test('the objects of one revision are one picture', async () => {
  const [a, b] = [key('alice', first, jpeg), key('alice', first, webp)]
  expect(await pictures(a, b)).toMatchObject([
    {
      folder: userFolder(asUserId('alice')),
      revision: first,
      keys: [a.key, b.key],
      files: ['64.jpg', '64.webp'],
      newest: new Date(0),
    },
  ])
})

test('another revision, and the same revision of another user, is another picture', async () => {
  const all = [key('alice', first, webp), key('alice', second, webp), key('bob', second, webp)]
  const found = await pictures(...all)
  expect(found.map(({ folder, revision }) => [folder, revision])).toEqual([
    [userFolder(asUserId('alice')), first],
    [userFolder(asUserId('alice')), second],
    [userFolder(asUserId('bob')), second],
  ])
})

test('the age of a picture is that of its newest object, in any order', async () => {
  const [a, b] = [key('alice', first, jpeg), key('alice', first, webp)]
  const young = new Date(5)
  const [one] = await pictures({ ...a, writtenAt: young }, b)
  const [other] = await pictures(a, { ...b, writtenAt: young })
  expect([one?.newest, other?.newest]).toEqual([young, young])
})

test('other keys are skipped, even between two variants of a picture', async () => {
  const stray = {
    key: asObjectKey(`avatars/${userFolder(asUserId('alice'))}/notes.txt`),
    writtenAt: new Date(9),
  }
  const all = [key('alice', first, jpeg), stray, key('alice', first, webp)]
  expect((await pictures(...all)).map(({ files }) => files)).toEqual([['64.jpg', '64.webp']])
  expect(await pictures(stray)).toEqual([])
  expect(await pictures()).toEqual([])
})
