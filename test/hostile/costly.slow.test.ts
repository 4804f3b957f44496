import { afterAll, beforeAll, expect, test } from 'vitest'
import { animatedWebp } from '../support/pictures/hostile/animation.ts'
import { scanBomb } from '../support/pictures/hostile/scans.ts'
import { photo } from '../support/pictures/photo.ts'
import { Service } from '../support/world/hostile-service.ts'
import { useWorld } from '../support/world/use-world.ts'

const SECONDS = 1000

const world = useWorld()
let service: Service

beforeAll(async () => {
  service = await Service.start(world)
})
afterAll(() => world.close(), 60 * SECONDS)

/**
 * Within all limits of size, and minutes of work for a decoder that goes through every scan, or through
 * all frames for each frame. A picture has 20 s; three times that is what `Service` waits.
 */
test.each([
  ['a progressive JPEG of 40,000 scans', () => scanBomb(8000, 4000, 40_000)],
  ['an animated WebP of 200,000 frames', () => animatedWebp(64, 64, 200_000)],
])(
  '%s gets its outcome within the timeout and delays no other upload',
  async (_, make) => {
    const [bomb, ...others] = await Promise.all([
      service.send(await make()),
      ...[1, 2, 3].map(async (seed) => service.send(await photo({ seed, width: 300 }))),
    ])
    expect(others.map(({ word }) => word)).toEqual(['ready', 'ready', 'ready'])
    expect(['timed_out', 'too_many_frames', 'unprocessable']).toContain(bomb?.word)
    expect(await service.troubles()).toEqual([])
  },
  150 * SECONDS,
)
