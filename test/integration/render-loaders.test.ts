import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultSourceFormats } from '@visage/shared/avatar/formats'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { restoreLoadersAfterwards } from '../support/pictures/loaders.ts'
import { of, scene } from '../support/pictures/pictures.ts'
import { renderPicture, shownInEach } from '../support/pictures/rendered.ts'

restoreLoadersAfterwards()

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'

const encoders = {
  jpeg: () => of(scene(90, 90)).jpeg(),
  png: () => of(scene(90, 90)).png(),
  webp: () => of(scene(90, 90)).webp(),
  gif: () => of(scene(90, 90)).gif(),
  tiff: () => of(scene(90, 90)).tiff(),
  avif: () => of(scene(90, 90)).avif({ effort: 0 }),
}
type Name = keyof typeof encoders

const accepted = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const
const foreign: Name[] = ['tiff']
const files = new Map<string, Buffer>([['svg', Buffer.from(SVG)]])
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visage-loaders-'))
  for (const [name, encode] of Object.entries(encoders)) files.set(name, await encode().toBuffer())
  for (const [name, bytes] of files) {
    await writeFile(join(folder, name), bytes)
    // Each format can be opened before, so that only the engine blocks it.
    expect((await sharp(bytes).metadata()).width).toBeGreaterThan(0)
  }
  prepareEngine()
})

afterAll(() => rm(folder, { recursive: true }))

const file = (name: string) => files.get(name) as Buffer

describe('after the engine is prepared', () => {
  test.each(accepted)('%s is rendered', async (name) => {
    const rendered = await renderPicture(file(name))
    expect(rendered.variants.map(({ size }) => size)).toEqual([90, 90, 64, 64])
    for (const raster of await shownInEach(rendered)) expect(raster.width).toBe(90)
  })

  test.each(['svg', ...foreign])('%s cannot be opened by any call of libvips', async (name) => {
    await expect(sharp(file(name)).metadata()).rejects.toThrow(/unsupported image format/)
    await expect(sharp(file(name)).raw().toBuffer()).rejects.toThrow(/unsupported image format/)
  })

  test.each(['svg', ...foreign])('%s is rejected by the engine', async (name) => {
    await expect(renderPicture(file(name))).rejects.toMatchObject({ reason: 'unsupported_format' })
  })

  test.each(['svg', ...foreign, ...accepted])(
    'no file can be opened by its name: %s',
    async (name) => {
      await expect(sharp(join(folder, name)).metadata()).rejects.toThrow()
    },
  )

  test('a second preparation changes nothing', async () => {
    prepareEngine()
    await expect(sharp(file('svg')).metadata()).rejects.toThrow()
    expect((await renderPicture(file('jpeg'))).source.format).toBe('jpeg')
  })

  test('libvips has no cache and uses one thread for each picture', () => {
    expect(sharp.cache()).toMatchObject({
      memory: { max: 0 },
      files: { max: 0 },
      items: { max: 0 },
    })
    expect(sharp.concurrency()).toBe(1)
  })
})

describe('with all formats accepted', () => {
  beforeAll(() => prepareEngine(defaultSourceFormats))
  afterAll(() => prepareEngine())

  test.each(accepted)('%s is rendered', async (name) => {
    const rendered = await renderPicture(file(name))
    expect(rendered.source).toEqual({ format: name, width: 90, height: 90 })
    for (const raster of await shownInEach(rendered)) expect(raster.width).toBe(90)
  })

  test.each(['svg', 'tiff'])('%s can still not be opened', async (name) => {
    await expect(sharp(file(name)).metadata()).rejects.toThrow(/unsupported image format/)
  })

  test('an incomplete AVIF is truncated, and a damaged one is corrupt', async () => {
    const whole = file('avif')
    const half = renderPicture(whole.subarray(0, whole.length - 40))
    await expect(half).rejects.toMatchObject({ reason: 'truncated' })
    const damaged = Buffer.from(whole)
    damaged.fill(0x55, whole.indexOf('iprp'), whole.indexOf('iprp') + 40)
    await expect(renderPicture(damaged)).rejects.toMatchObject({ reason: 'corrupt' })
  })
})

test('a format that is no longer accepted cannot be opened', async () => {
  prepareEngine(['png'])
  await expect(sharp(file('jpeg')).metadata()).rejects.toThrow(/unsupported image format/)
  expect((await sharp(file('png')).metadata()).width).toBe(90)
})
