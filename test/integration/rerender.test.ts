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
import { connectParts, empty, type Parts } from '../support/world/maintenance-parts.ts'
import {
  after,
  anew,
  renderAnew,
  rerenderSteps,
  shown,
  stepsBy,
  stopping,
} from '../support/world/rerender-parts.ts'
import { keysIn, pictureRow, stateOf } from '../support/world/state.ts'
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

const steps = () => stepsBy(after, parts)

describe('a picture that is rendered anew', () => {
  test('is shown as today’s recipe renders it, framed as its user framed it', async () => {
    const framing = { crop: { x: 10, y: 20, width: 100, height: 100 } }
    const picture = await shown(parts, jpeg, { framing })
    expect(await renderAnew(picture, steps())).toBe('ready')
    const { variants, recipe } = await pictureRow(world, picture.userId)
    expect(recipe).toBe(recipeId(after))
    const expected = await render(jpeg, after, limits, framing)
    for (const [i, { data, ...variant }] of expected.variants.entries()) {
      expect(variants[i]).toEqual({ ...variant, bytes: data.length })
      const key = variantKey(picture.userId, asRevision(anew(picture)), variant)
      expect(await parts.store.get(key)).toEqual(data)
    }
    expect(variants).toHaveLength(expected.variants.length)
  })

  test('has a later revision of the same moment, and is changed when its user changed it', async () => {
    const picture = await shown(parts, jpeg)
    const { updated_at } = await pictureRow(world, picture.userId)
    await renderAnew(picture, steps())
    const row = await pictureRow(world, picture.userId)
    expect(row).toMatchObject({ revision: anew(picture), updated_at })
    expect(row.revision > picture.id).toBe(true)
  })

  test('keeps its original, and can be rendered anew once more', async () => {
    const framing = { gravity: 'entropy' } as const
    const picture = await shown(parts, jpeg, { framing })
    await renderAnew(picture, steps())
    const again = await parts.originals.find(picture.userId, asRevision(anew(picture)))
    expect(again).toEqual({ ...picture, id: anew(picture), bytes: jpeg.length })
    expect(await renderAnew(again as Upload, steps())).toBe('ready')
    const { revision } = await pictureRow(world, picture.userId)
    expect(await parts.originals.get(picture.userId, revision)).toEqual(jpeg)
  })

  test('leaves what it was to the purge, original included', async () => {
    const picture = await shown(parts, jpeg)
    await renderAnew(picture, steps())
    expect(await keysIn(world, originalKey(picture.userId, picture.id))).not.toEqual([])
    expect(await purge(60_000, parts)).toBe(0)
    expect(await purge(0, parts)).toBe(1)
    const left = await keysIn(world)
    expect(left.filter((key) => !key.includes(anew(picture)))).toEqual([])
    expect(left).toHaveLength(5)
  })

  test('has been so for good: done again, alone or twice at once, it changes nothing', async () => {
    const [picture, other] = [await shown(parts, jpeg), await shown(parts, jpeg)]
    await renderAnew(picture, steps())
    const state = await stateOf(world, picture.userId)
    expect(await renderAnew(picture, steps())).toBe('ready')
    expect(await stateOf(world, picture.userId)).toEqual(state)
    const both = await Promise.all([renderAnew(other, steps()), renderAnew(other, steps())])
    expect(both).toEqual(['ready', 'ready'])
    expect(await pictureRow(world, other.userId)).toMatchObject({ revision: anew(other) })
  })
})

describe('a picture stays as it is', () => {
  const reject = () => Promise.reject(new Rejection('too_many_pixels'))
  const crash = () => Promise.reject(new CrashError('the renderer ended'))
  const reasons: Record<string, (picture: Upload) => Promise<string>> = {
    'that today’s limits reject: rejected': (picture) =>
      renderAnew(picture, { ...steps(), render: reject }),
    'that takes its renderer with it, at the first time: rejected': (picture) =>
      renderAnew(picture, { ...steps(), render: crash }),
    'that was begun too often: failed': (picture) => renderAnew(picture, steps(), 21),
    'where the worker has another recipe: other_recipe': (picture) =>
      renderAnew(picture, { ...steps(), recipe: '000000000000' }),
    'whose original is lost: failed': async (picture) => {
      await parts.store.remove([originalKey(picture.userId, picture.id)])
      return renderAnew(picture, steps())
    },
  }

  test.each(Object.entries(reasons))('%s', async (name, act) => {
    const picture = await shown(parts, jpeg)
    const row = await pictureRow(world, picture.userId)
    const variants = await keysIn(world, 'avatars/')
    expect(await act(picture)).toBe(name.split(': ').at(-1))
    expect(await pictureRow(world, picture.userId)).toEqual(row)
    expect(await keysIn(world, 'avatars/')).toEqual(variants)
    expect(await world.db('purges')).toEqual([])
  })
})

describe('trouble of ours', () => {
  test.each(rerenderSteps)(
    '%s leaves the picture as it is, and the next attempt does it',
    async (point) => {
      const picture = await shown(parts, jpeg)
      const row = await pictureRow(world, picture.userId)
      const failing = stopping(steps(), point, () => Promise.reject(new Error('away')))
      await expect(renderAnew(picture, failing)).rejects.toThrow('away')
      expect(await pictureRow(world, picture.userId)).toEqual(row)
      expect(await renderAnew(picture, steps())).toBe('ready')
      await purge(0, parts)
      expect((await keysIn(world)).every((key) => key.includes(anew(picture)))).toBe(true)
    },
  )
})
