import { originalKey } from '@visage/shared/avatar/keys'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { purge } from '../../apps/worker/src/maintenance/purge.ts'
import { processUpload } from '../../apps/worker/src/upload/process-upload.ts'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { silent } from '../support/domain/log.ts'
import { revisionAt, toGravatar } from '../support/domain/uploads.ts'
import { photo } from '../support/pictures/photo.ts'
import {
  accept,
  connectServices,
  empty,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import {
  actAt,
  after,
  dependenciesFor,
  publishOldPicture,
  rerenderedRevision,
  rerenderOnce,
  rerenderSteps,
} from '../support/world/rerender-services.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let services: MaintenanceServices
let jpeg: Buffer

beforeAll(async () => {
  services = await connectServices(world)
  jpeg = await photo({ width: 240, height: 120 })
})
beforeEach(() => empty(world))
afterAll(async () => {
  await services.close()
})

/** Changes of the user during a rerender.  @returns the revision that must be shown */
const changes: Record<string, (user: string) => Promise<string>> = {
  'sends another picture': async (user) => {
    const upload = await accept(services, jpeg, 0, user)
    await processUpload(upload, dependenciesFor(after, services), silent)
    return upload.id
  },
  'goes back to Gravatar': async (user) => {
    const revision = revisionAt(Date.now())
    await services.avatars.change(toGravatar(asUserId(user), revision))
    return revision
  },
  'removes it': async (userId) => {
    const revision = revisionAt(Date.now())
    await services.avatars.remove({ userId: asUserId(userId), revision })
    return revision
  },
}

describe.each(Object.entries(changes))('during a rerender the user %s', (_, change) => {
  test.each(rerenderSteps)(
    '%s: the change is shown, and every other picture is deleted',
    async (point) => {
      const picture = await publishOldPicture(services, jpeg)
      let wanted = ''
      const dependencies = actAt(dependenciesFor(after, services), point, async () => {
        wanted = await change(picture.userId)
      })
      expect(await rerenderOnce(picture, dependencies)).toBe('superseded')
      expect(await pictureRow(world, picture.userId)).toMatchObject({ revision: wanted })
      await purge(0, services)
      expect((await keysIn(world)).filter((key) => !key.includes(wanted))).toEqual([])
      expect(await rerenderOnce(picture, dependenciesFor(after, services))).toBe('superseded')
    },
  )
})

test('a change that was accepted before the rerender and is applied later is shown', async () => {
  const picture = await publishOldPicture(services, jpeg)
  const earlier = await accept(services, jpeg, -1, picture.userId)
  await rerenderOnce(picture, dependenciesFor(after, services))
  expect(await processUpload(earlier, dependenciesFor(after, services), silent)).toBe('ready')
  expect(await pictureRow(world, picture.userId)).toMatchObject({ revision: earlier.id })
})

test('a resumed attempt of its upload changes nothing', async () => {
  const picture = await publishOldPicture(services, jpeg)
  await rerenderOnce(picture, dependenciesFor(after, services))
  const row = await pictureRow(world, picture.userId)
  await services.raw.put(picture, jpeg)
  expect(await processUpload(picture, dependenciesFor(after, services), silent)).toBe('ready')
  expect(await pictureRow(world, picture.userId)).toEqual(row)
})

test('a removal deletes published variants that are not shown yet', async () => {
  const picture = await publishOldPicture(services, jpeg)
  const stop = () => Promise.reject(new Error('killed'))
  const dependencies = actAt(dependenciesFor(after, services), 'before it is shown', stop)
  await expect(rerenderOnce(picture, dependencies)).rejects.toThrow('killed')
  expect(
    await keysIn(world, originalKey(picture.userId, asRevision(rerenderedRevision(picture)))),
  ).toHaveLength(1)
  await changes['removes it']?.(picture.userId)
  await purge(60_000, services)
  expect(await keysIn(world)).toEqual([])
})
