import { userFolder } from '@visage/shared/avatar/keys'
import type { UserId } from '@visage/shared/avatar/user-id'
import { Avatars } from '@visage/shared/db/avatars'
import { beforeAll, expect, test } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { collect } from '../support/domain/collect.ts'
import { picture, revisionAt, toGravatar, toPicture } from '../support/domain/uploads.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let avatars: Avatars

beforeAll(async () => {
  avatars = new Avatars(world.db)
})

test('lists nothing without pictures', async () => {
  expect(await collect(avatars.pictures())).toEqual([])
  expect(await avatars.countPictures()).toBe(0)
})

test('lists every uploaded picture once in the order of the folders, over several pages', async () => {
  const users = Array.from({ length: 1001 }, (_, i) => asUserId(`user-${i}/é`))
  const change = (user: UserId) => avatars.change(toPicture(user, revisionAt(1)))
  // Low concurrency, so that a busy machine does not time out on connections.
  for (let i = 0; i < users.length; i += 20) await Promise.all(users.slice(i, i + 20).map(change))
  await avatars.change(toGravatar(asUserId('gravatar'), revisionAt(1)))
  const listed = await collect(avatars.pictures())
  expect(listed.map(({ folder }) => folder)).toEqual(users.map(userFolder).toSorted())
  expect(new Set(listed.map(({ userId }) => userId))).toEqual(new Set(users))
  expect(listed[0]?.variants).toEqual(picture.variants)
  expect(await avatars.countPictures()).toBe(1001)
})
