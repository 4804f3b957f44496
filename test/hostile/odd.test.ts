import { recipe } from '@visage/shared/avatar/recipe'
import { beforeAll, describe, expect, test } from 'vitest'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { everyKind } from '../support/hostile/every-png.ts'
import type { Odd } from '../support/hostile/odd.ts'
import { soundGifs, unsoundGifs } from '../support/hostile/odd-gifs.ts'
import { soundJpegs } from '../support/hostile/odd-jpegs.ts'
import { soundPngs, unsoundPngs } from '../support/hostile/odd-pngs.ts'
import { soundWebps, unsoundWebps } from '../support/hostile/odd-webps.ts'
import { unsoundJpegs } from '../support/hostile/unsound-jpegs.ts'
import { deltaE2000 } from '../unit/support/ciede2000.ts'
import { at } from '../unit/support/pictures.ts'
import { rejectionOf } from '../unit/support/rejection.ts'
import { shownInEach } from '../unit/support/rendered.ts'

beforeAll(() => prepareEngine())

const formats = {
  JPEG: { sound: soundJpegs, unsound: unsoundJpegs },
  PNG: { sound: [...everyKind, ...soundPngs], unsound: unsoundPngs },
  GIF: { sound: soundGifs, unsound: unsoundGifs },
  WebP: { sound: soundWebps, unsound: unsoundWebps },
}

const table = (odd: readonly Odd[]) => odd.map((one) => [one.name, one] as const)
const show = async ({ make }: Odd) => render(await make(), recipe, limits)

describe.each(Object.entries(formats))('a %s with', (_, { sound, unsound }) => {
  test.each(table(sound))('%s is shown as it is', async (_, odd) => {
    for (const raster of await shownInEach(await show(odd))) {
      const middle = Math.floor(raster.width / 2)
      expect(deltaE2000(at(raster, middle, middle), odd.shows ?? [])).toBeLessThan(3)
    }
  })

  test.each(table(unsound))('%s is refused with the reason', async (_, odd) => {
    expect(odd.refused).toContain((await rejectionOf(show(odd)))?.reason)
  })
})
