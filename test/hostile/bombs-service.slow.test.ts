import { beforeAll, expect, test } from 'vitest'
import { type Bomb, headerBombs, sidelessBombs } from '../support/pictures/hostile/bombs.ts'
import { dataBombs } from '../support/pictures/hostile/data-bombs.ts'
import { carriers, disguised, undisguised } from '../support/pictures/hostile/polyglots.ts'
import { photo } from '../support/pictures/photo.ts'
import { memoryIsKnown } from '../support/servers/processes.ts'
import { Service, severalAtOnce } from '../support/world/hostile-service.ts'
import { useWorld } from '../support/world/use-world.ts'

const AT_ONCE = 4
const MEGABYTE = 1e6

const world = useWorld()
let service: Service

/** Real pictures first, so that everything that a worker has at work is there before it is measured. */
beforeAll(async () => {
  service = await Service.start(world)
  const formats = ['jpeg', 'png', 'webp', 'gif'] as const
  const pictures = await Promise.all(formats.map((format) => photo({ format })))
  await severalAtOnce([...pictures, ...pictures], AT_ONCE, async (picture) => {
    expect((await service.send(picture)).word).toBe('ready')
  })
})

/** The API refuses what is of no accepted format, with a code of its own. */
const worded = (outcome: Bomb['outcomes'][number]): string =>
  outcome === 'unsupported_format' ? '40050' : outcome

/** @returns by how many bytes the worker and its children have grown at most */
async function growth(bombs: readonly Bomb[]): Promise<number> {
  const before = service.forgetPeak()
  const wrong: string[] = []
  await severalAtOnce(bombs, AT_ONCE, async ({ name, make, outcomes }) => {
    const { word } = await service.send(await make())
    if (!outcomes.map(worded).includes(word)) wrong.push(`${name}: ${word}`)
  })
  expect(wrong).toEqual([])
  expect(await service.troubles()).toEqual([])
  return service.peak - before
}

test('the service refuses header bombs with a reason and without using memory', async () => {
  const grown = await growth([...headerBombs, ...sidelessBombs])
  if (memoryIsKnown) expect(grown).toBeLessThan(96 * MEGABYTE)
})

test('the service refuses or renders data bombs with little memory', async () => {
  const grown = await growth(dataBombs)
  if (memoryIsKnown) expect(grown).toBeLessThan(256 * MEGABYTE)
})

test('the service refuses polyglots or renders only their pixels', async () => {
  const grown = await growth([...undisguised, ...disguised, ...carriers])
  if (memoryIsKnown) expect(grown).toBeLessThan(96 * MEGABYTE)
}, 60_000)
