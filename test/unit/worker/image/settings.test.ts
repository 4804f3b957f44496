import { acceptedByDefault } from '@visage/shared/avatar/formats'
import { readSettings } from '@visage/shared/config/read'
import { expect, test } from 'vitest'
import { limits } from '../../../../apps/worker/src/image/limits.ts'
import { limitSettings, limitsFrom } from '../../../../apps/worker/src/image/settings.ts'

const limitsOf = (env: NodeJS.ProcessEnv) =>
  limitsFrom({ ...readSettings(limitSettings, env), accept: acceptedByDefault })

test('the limits are those of the code where nothing is set', () => {
  expect(limitsOf({})).toEqual(limits)
})

test('each limit is what its variable says', () => {
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
    accept: acceptedByDefault,
    pixels: 5_000_000,
    heldPixels: 4_000_000,
    side: 3000,
    decodedBytes: 2 * 1024 ** 2,
    frames: 7,
    seconds: 60,
    memory: 3 * 1024 ** 2,
  })
})

test('they are plain data, as they are sent to the processes that render', () => {
  expect(JSON.parse(JSON.stringify(limits))).toEqual(limits)
})
