import { recipe } from '@visage/shared/avatar/recipe'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import {
  avifOfSize,
  type Bomb,
  headerBombs,
  sidelessBombs,
} from '../support/pictures/hostile/bombs.ts'
import { dataBombs } from '../support/pictures/hostile/data-bombs.ts'
import { restoreLoadersAfterwards } from '../support/pictures/loaders.ts'
import { flat, of } from '../support/pictures/pictures.ts'
import { rejectionOf } from '../support/pictures/rejection.ts'
import { forgetPeak, memory, memoryIsKnown, peakMemory } from '../support/servers/processes.ts'

restoreLoadersAfterwards()

const MEGABYTE = 1e6

/** A decoder's tables and buffers; the smallest bomb that were decoded would take three times this. */
const FLAT = 32 * MEGABYTE

/** With the pixels that are allowed to be there. */
const MODEST = 96 * MEGABYTE

/** Every codec has been used once: what it keeps for good is no part of what is measured. */
beforeAll(async () => {
  prepareEngine()
  for (const format of ['jpeg', 'png', 'webp', 'gif'] as const)
    await outcome(
      await of(flat(600, 600, [1, 2, 3]))
        .toFormat(format)
        .toBuffer(),
    )
})

async function outcome(bytes: Buffer, within = limits) {
  return (await rejectionOf(render(bytes, recipe, within)))?.reason ?? 'ready'
}

async function expectWithin(bytes: number, { make, outcomes }: Bomb): Promise<void> {
  const file = await make()
  expect(file.length).toBeLessThan(10 * MEGABYTE)
  forgetPeak(process.pid)
  const before = memory(process.pid)
  expect(outcomes).toContain(await outcome(file))
  if (memoryIsKnown) expect(peakMemory(process.pid) - before).toBeLessThan(bytes)
}

const table = (bombs: readonly Bomb[]) => bombs.map((bomb) => [bomb.name, bomb] as const)

describe('is refused by its header without using memory', () => {
  test.each(table(headerBombs))('%s', (_, bomb) => expectWithin(FLAT, bomb))
  test.each(table(sidelessBombs))('%s', (_, bomb) => expectWithin(FLAT, bomb))
})

test('AVIF of 16,000 by 16,000 is refused by its header if AVIF is accepted', async () => {
  prepareEngine(['avif'])
  const accepting = { ...limits, accept: ['avif'] } as const
  const file = await avifOfSize(16_000, 16_000)
  forgetPeak(process.pid)
  const before = memory(process.pid)
  expect(await outcome(file, accepting)).toBe('too_many_pixels')
  if (memoryIsKnown) expect(peakMemory(process.pid) - before).toBeLessThan(FLAT)
  prepareEngine()
})

describe('is refused or rendered with little memory', () => {
  test.each(table(dataBombs))('%s', (_, bomb) => expectWithin(MODEST, bomb))
})

test.skipIf(!memoryIsKnown)('the memory check detects decoding', async () => {
  const create = { width: 5000, height: 5000, channels: 3, background: 'teal' } as const
  const large = await sharp({ create }).png({ progressive: true }).toBuffer()
  forgetPeak(process.pid)
  const before = memory(process.pid)
  expect(await outcome(large)).toBe('ready')
  expect(peakMemory(process.pid) - before).toBeGreaterThan(60 * MEGABYTE)
})
