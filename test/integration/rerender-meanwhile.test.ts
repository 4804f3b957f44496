import { originalKey } from '@visage/shared/avatar/keys'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { purge } from '../../apps/worker/src/maintenance/purge.ts'
import { processUpload } from '../../apps/worker/src/upload/process-upload.ts'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { silent } from '../support/domain/log.ts'
import { revisionAt, toGravatar } from '../support/domain/uploads.ts'
import { photo } from '../support/pictures/photo.ts'
import { accept, connectParts, empty, type Parts } from '../support/world/maintenance-parts.ts'
import {
  after,
  anew,
  renderAnew,
  rerenderSteps,
  shown,
  stepsBy,
  stopping,
} from '../support/world/rerender-parts.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let parts: Parts
let jpeg: Buffer

beforeAll(async () => {
  parts = await connectParts(world)
  jpeg = await photo({ width: 240, height: 120 })
})
beforeEach(() => empty(world))
afterAll(async () => {
  await parts.close()
})

/** What a user may do while the picture is rendered anew.  @returns the revision that is to be shown */
const changes: Record<string, (user: string) => Promise<string>> = {
  'sends another picture': async (user) => {
    const upload = await accept(parts, jpeg, 0, user)
    await processUpload(upload, stepsBy(after, parts), silent)
    return upload.id
  },
  'goes back to Gravatar': async (user) => {
    const revision = revisionAt(Date.now())
    await parts.avatars.change(toGravatar(asUserId(user), revision))
    return revision
  },
  'removes it': async (userId) => {
    const revision = revisionAt(Date.now())
    await parts.avatars.remove({ userId: asUserId(userId), revision })
    return revision
  },
}

describe.each(Object.entries(changes))('whose user %s', (_, change) => {
  test.each(rerenderSteps)('%s: that is shown, and all else goes', async (point) => {
    const picture = await shown(parts, jpeg)
    let wanted = ''
    const steps = stopping(stepsBy(after, parts), point, async () => {
      wanted = await change(picture.userId)
    })
    expect(await renderAnew(picture, steps)).toBe('superseded')
    expect(await pictureRow(world, picture.userId)).toMatchObject({ revision: wanted })
    await purge(0, parts)
    expect((await keysIn(world)).filter((key) => !key.includes(wanted))).toEqual([])
    expect(await renderAnew(picture, stepsBy(after, parts))).toBe('superseded')
  })
})

test('a change that was accepted before it, and comes later, is shown all the same', async () => {
  const picture = await shown(parts, jpeg)
  const earlier = await accept(parts, jpeg, -1, picture.userId)
  await renderAnew(picture, stepsBy(after, parts))
  expect(await processUpload(earlier, stepsBy(after, parts), silent)).toBe('ready')
  expect(await pictureRow(world, picture.userId)).toMatchObject({ revision: earlier.id })
})

test('an attempt of its upload that comes back from the dead changes nothing', async () => {
  const picture = await shown(parts, jpeg)
  await renderAnew(picture, stepsBy(after, parts))
  const row = await pictureRow(world, picture.userId)
  await parts.raw.put(picture, jpeg)
  expect(await processUpload(picture, stepsBy(after, parts), silent)).toBe('ready')
  expect(await pictureRow(world, picture.userId)).toEqual(row)
})

test('a removal takes what is published and not shown yet at once', async () => {
  const picture = await shown(parts, jpeg)
  const stop = () => Promise.reject(new Error('killed'))
  const steps = stopping(stepsBy(after, parts), 'before it is shown', stop)
  await expect(renderAnew(picture, steps)).rejects.toThrow('killed')
  expect(await keysIn(world, originalKey(picture.userId, asRevision(anew(picture))))).toHaveLength(
    1,
  )
  await changes['removes it']?.(picture.userId)
  await purge(60_000, parts)
  expect(await keysIn(world)).toEqual([])
})
