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

test('no pictures are none', async () => {
  expect(await collect(avatars.pictures())).toEqual([])
  expect(await avatars.countPictures()).toBe(0)
})

test('all pictures that were uploaded are told once, in the order of their folders, past any page', async () => {
  const users = Array.from({ length: 1001 }, (_, i) => asUserId(`user-${i}/é`))
  const change = (user: UserId) => avatars.change(toPicture(user, revisionAt(1)))
  // Few at once: a busy machine keeps the others waiting for a connection.
  for (let i = 0; i < users.length; i += 20) await Promise.all(users.slice(i, i + 20).map(change))
  await avatars.change(toGravatar(asUserId('gravatar'), revisionAt(1)))
  const told = await collect(avatars.pictures())
  expect(told.map(({ folder }) => folder)).toEqual(users.map(userFolder).toSorted())
  expect(new Set(told.map(({ userId }) => userId))).toEqual(new Set(users))
  expect(told[0]?.variants).toEqual(picture.variants)
  expect(await avatars.countPictures()).toBe(1001)
})
