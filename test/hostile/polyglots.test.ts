import { recipe } from '@visage/shared/avatar/recipe'
import { beforeAll, describe, expect, test } from 'vitest'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import type { Bomb } from '../support/pictures/hostile/bombs.ts'
import { carriers, disguised, SCRIPTS, undisguised } from '../support/pictures/hostile/polyglots.ts'
import { restoreLoadersAfterwards } from '../support/pictures/loaders.ts'
import { rejectionOf } from '../support/pictures/rejection.ts'

restoreLoadersAfterwards()

beforeAll(() => prepareEngine())

const table = (bombs: readonly Bomb[]) => bombs.map((bomb) => [bomb.name, bomb] as const)
const show = async ({ make }: Bomb) => render(await make(), recipe, limits)

describe('is refused', () => {
  test.each(table([...undisguised, ...disguised]))('%s', async (_, bomb) => {
    const error = await rejectionOf(show(bomb))
    expect(bomb.outcomes).toContain(error?.reason)
    for (const script of Object.values(SCRIPTS)) expect(error?.message).not.toContain(script)
  })
})

describe('is rendered from its pixels only', () => {
  test.each(table(carriers))('%s', async (_, bomb) => {
    const { variants } = await show(bomb)
    expect(variants.length).toBeGreaterThan(0)
    for (const { data } of variants)
      for (const script of Object.values(SCRIPTS))
        expect(data.includes(script.slice(0, 8), 0, 'latin1')).toBe(false)
  })
})
