import { defaultSourceFormats } from '@visage/shared/avatar/formats'
import { recipe } from '@visage/shared/avatar/recipe'
import { acceptSettings } from '@visage/shared/config/common'
import { readSettings } from '@visage/shared/config/read'
import { expect, test } from 'vitest'
import { limits } from '../../../../apps/worker/src/image/limits.ts'
import {
  limitSettings,
  limitsFrom,
  recipeFrom,
  recipeSettings,
} from '../../../../apps/worker/src/image/settings.ts'

const limitsOf = (env: NodeJS.ProcessEnv) =>
  limitsFrom(readSettings({ ...limitSettings, ...acceptSettings }, env))

test('the limits have defaults', () => {
  expect(limitsOf({})).toEqual(limits)
})

test('each limit has its variable', () => {
  const env = {
    MAX_PIXELS: '5MP',
    MAX_HELD_PIXELS: '4MP',
    MAX_SIDE: '3000',
    MAX_DECODED_BYTES: '2MiB',
    MAX_FRAMES: '7',
    RENDER_CPU_TIME: '1m',
    RENDER_MEMORY: '3MiB',
  }
  expect(limitsOf(env)).toEqual({
    accept: defaultSourceFormats,
    pixels: 5_000_000,
    heldPixels: 4_000_000,
    side: 3000,
    decodedBytes: 2 * 1024 ** 2,
    frames: 7,
    seconds: 60,
    memory: 3 * 1024 ** 2,
  })
})

test('the settings are plain data, as they are sent to render processes', () => {
  for (const data of [limits, recipe]) expect(JSON.parse(JSON.stringify(data))).toEqual(data)
})

const recipeOf = (env: NodeJS.ProcessEnv) => recipeFrom(readSettings(recipeSettings, env))

test('the recipe has defaults', () => {
  expect(recipeOf({})).toEqual(recipe)
})

test('each part of the recipe has its variable, with sizes from the largest', () => {
  const env = {
    SIZES: '32,1024',
    FORMATS: 'jpeg,avif',
    BACKGROUND: '#FF8800',
    ANIMATED: 'keep',
    WEBP_QUALITY: '1',
    JPEG_QUALITY: '2',
    AVIF_QUALITY: '3',
  }
  expect(recipeOf(env)).toMatchObject({
    sizes: [1024, 32],
    formats: ['jpeg', 'avif'],
    background: '#ff8800',
    animated: 'keep',
    encoding: { webp: { quality: 1 }, jpeg: { quality: 2 }, avif: { quality: 3 } },
  })
})

test.each(['webp', 'webp,avif,png', 'jpeg,jpeg', 'jpeg,gif', 'jpg'])(
  'FORMATS=%s fails the start',
  (text) => {
    expect(() => recipeOf({ FORMATS: text })).toThrow(/FORMATS must be .*including jpeg/)
  },
)
