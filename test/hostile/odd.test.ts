import { recipe } from '@visage/shared/avatar/recipe'
import { beforeAll, describe, expect, test } from 'vitest'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { deltaE2000 } from '../support/pictures/ciede2000.ts'
import { everyKind } from '../support/pictures/hostile/every-png.ts'
import type { Odd } from '../support/pictures/hostile/odd.ts'
import { soundGifs, unsoundGifs } from '../support/pictures/hostile/odd-gifs.ts'
import { soundJpegs } from '../support/pictures/hostile/odd-jpegs.ts'
import { soundPngs, unsoundPngs } from '../support/pictures/hostile/odd-pngs.ts'
import { soundWebps, unsoundWebps } from '../support/pictures/hostile/odd-webps.ts'
import { unsoundJpegs } from '../support/pictures/hostile/unsound-jpegs.ts'
import { restoreLoadersAfterwards } from '../support/pictures/loaders.ts'
import { at } from '../support/pictures/pictures.ts'
import { rejectionOf } from '../support/pictures/rejection.ts'
import { shownInEach } from '../support/pictures/rendered.ts'

restoreLoadersAfterwards()

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
  test.each(table(sound))('%s is rendered correctly', async (_, odd) => {
    for (const raster of await shownInEach(await show(odd))) {
      const middle = Math.floor(raster.width / 2)
      expect(deltaE2000(at(raster, middle, middle), odd.shows ?? [])).toBeLessThan(3)
    }
  })

  test.each(table(unsound))('%s is refused with its reason', async (_, odd) => {
    expect(odd.refused).toContain((await rejectionOf(show(odd)))?.reason)
  })
})
