import { originalKey, variantKey } from '@visage/shared/avatar/keys'
import { recipeId } from '@visage/shared/avatar/recipe-id'
import type { Upload } from '@visage/shared/avatar/upload'
import { Rejection } from '@visage/shared/errors/app-error'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { purge } from '../../apps/worker/src/maintenance/purge.ts'
import { CrashError } from '../../apps/worker/src/renderer/renderer.ts'
import { asRevision } from '../support/domain/brands.ts'
import { photo } from '../support/pictures/photo.ts'
import {
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
import { keysIn, pictureRow, stateOf } from '../support/world/state.ts'
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

const dependencies = () => dependenciesFor(after, services)

describe('a rerendered picture', () => {
  test('has the variants of the current recipe with the framing of its user', async () => {
    const framing = { crop: { x: 10, y: 20, width: 100, height: 100 } }
    const picture = await publishOldPicture(services, jpeg, { framing })
    expect(await rerenderOnce(picture, dependencies())).toBe('ready')
    const { variants, recipe } = await pictureRow(world, picture.userId)
    expect(recipe).toBe(recipeId(after))
    const expected = await render(jpeg, after, limits, framing)
    for (const [i, { data, ...variant }] of expected.variants.entries()) {
      expect(variants[i]).toEqual({ ...variant, bytes: data.length })
      const key = variantKey(picture.userId, asRevision(rerenderedRevision(picture)), variant)
      expect(await services.store.get(key)).toEqual(data)
    }
    expect(variants).toHaveLength(expected.variants.length)
  })

  test('has a later revision of the same time and keeps its change time', async () => {
    const picture = await publishOldPicture(services, jpeg)
    const { updated_at } = await pictureRow(world, picture.userId)
    await rerenderOnce(picture, dependencies())
    const row = await pictureRow(world, picture.userId)
    expect(row).toMatchObject({ revision: rerenderedRevision(picture), updated_at })
    expect(row.revision > picture.id).toBe(true)
  })

  test('keeps its original and can be rerendered again', async () => {
    const framing = { gravity: 'entropy' } as const
    const picture = await publishOldPicture(services, jpeg, { framing })
    await rerenderOnce(picture, dependencies())
    const again = await services.originals.find(
      picture.userId,
      asRevision(rerenderedRevision(picture)),
    )
    expect(again).toEqual({ ...picture, id: rerenderedRevision(picture), bytes: jpeg.length })
    expect(await rerenderOnce(again as Upload, dependencies())).toBe('ready')
    const { revision } = await pictureRow(world, picture.userId)
    expect(await services.originals.get(picture.userId, revision)).toEqual(jpeg)
  })

  test('leaves its old variants and original to the purge', async () => {
    const picture = await publishOldPicture(services, jpeg)
    await rerenderOnce(picture, dependencies())
    expect(await keysIn(world, originalKey(picture.userId, picture.id))).not.toEqual([])
    expect(await purge(60_000, services)).toBe(0)
    expect(await purge(0, services)).toBe(1)
    const left = await keysIn(world)
    expect(left.filter((key) => !key.includes(rerenderedRevision(picture)))).toEqual([])
    expect(left).toHaveLength(5)
  })

  test('does not change if the job runs again, alone or twice concurrently', async () => {
    const [picture, other] = [
      await publishOldPicture(services, jpeg),
      await publishOldPicture(services, jpeg),
    ]
    await rerenderOnce(picture, dependencies())
    const state = await stateOf(world, picture.userId)
    expect(await rerenderOnce(picture, dependencies())).toBe('ready')
    expect(await stateOf(world, picture.userId)).toEqual(state)
    const both = await Promise.all([
      rerenderOnce(other, dependencies()),
      rerenderOnce(other, dependencies()),
    ])
    expect(both).toEqual(['ready', 'ready'])
    expect(await pictureRow(world, other.userId)).toMatchObject({
      revision: rerenderedRevision(other),
    })
  })
})

describe('a picture does not change', () => {
  const reject = () => Promise.reject(new Rejection('too_many_pixels'))
  const crash = () => Promise.reject(new CrashError('the renderer ended'))
  const reasons: Record<string, (picture: Upload) => Promise<string>> = {
    'that today’s limits reject: rejected': (picture) =>
      rerenderOnce(picture, { ...dependencies(), render: reject }),
    'that takes its renderer with it, at the first time: rejected': (picture) =>
      rerenderOnce(picture, { ...dependencies(), render: crash }),
    'that was begun too often: failed': (picture) => rerenderOnce(picture, dependencies(), 21),
    'where the worker has another recipe: other_recipe': (picture) =>
      rerenderOnce(picture, { ...dependencies(), recipe: '000000000000' }),
    'whose original is lost: failed': async (picture) => {
      await services.store.remove([originalKey(picture.userId, picture.id)])
      return rerenderOnce(picture, dependencies())
    },
  }

  test.each(Object.entries(reasons))('%s', async (name, act) => {
    const picture = await publishOldPicture(services, jpeg)
    const row = await pictureRow(world, picture.userId)
    const variants = await keysIn(world, 'avatars/')
    expect(await act(picture)).toBe(name.split(': ').at(-1))
    expect(await pictureRow(world, picture.userId)).toEqual(row)
    expect(await keysIn(world, 'avatars/')).toEqual(variants)
    expect(await world.db('purges')).toEqual([])
  })
})

describe('a server failure', () => {
  test.each(rerenderSteps)(
    '%s does not change the picture, and the next attempt rerenders it',
    async (point) => {
      const picture = await publishOldPicture(services, jpeg)
      const row = await pictureRow(world, picture.userId)
      const failing = actAt(dependencies(), point, () => Promise.reject(new Error('unavailable')))
      await expect(rerenderOnce(picture, failing)).rejects.toThrow('unavailable')
      expect(await pictureRow(world, picture.userId)).toEqual(row)
      expect(await rerenderOnce(picture, dependencies())).toBe('ready')
      await purge(0, services)
      expect((await keysIn(world)).every((key) => key.includes(rerenderedRevision(picture)))).toBe(
        true,
      )
    },
  )
})
