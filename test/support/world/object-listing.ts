import { beforeAll, describe, expect, test } from 'vitest'
import { asObjectKey } from '../domain/brands.ts'
import { collect } from '../domain/collect.ts'
import type { World } from './world.ts'

/** Number of concurrent PUTs. */
const AT_ONCE = 16

/** Defines the tests of a listing of that many objects. The largest page of S3 has 1,000. */
export function testListing(world: World, count: number): void {
  const keys = Array.from({ length: count }, (_, i) => `many/${String(i).padStart(5, '0')}`)

  describe(`of ${count} objects`, () => {
    beforeAll(() => putAll(world, keys))

    test('all are listed, in the order of their bytes', async () => {
      expect(await collect(world.store.list('many/'))).toEqual(keys)
    })

    test('a list goes on after a key, whether that is there or not', async () => {
      const { store } = world
      expect(await collect(store.list('many/', 'many/00009'))).toEqual(keys.slice(10))
      expect(await collect(store.list('many/', 'many/00009x'))).toEqual(keys.slice(10))
      expect(await collect(store.list('many/', 'many/99999'))).toEqual([])
    })

    test('a stopped listing requests no more pages', async () => {
      const seen: string[] = []
      for await (const key of world.store.list('many/')) if (seen.push(key) === 3) break
      expect(seen).toEqual(keys.slice(0, 3))
    })

    test('a folder is removed whole', async () => {
      await world.store.removePrefix('many/')
      expect(await collect(world.store.list('many/'))).toEqual([])
    })
  })
}

async function putAll({ store }: World, keys: readonly string[]): Promise<void> {
  const rest = keys.toReversed()
  const put = async () => {
    for (let key = rest.pop(); key; key = rest.pop())
      await store.put(asObjectKey(key), Buffer.from('x'), { mediaType: 'image/png' })
  }
  await Promise.all(Array.from({ length: AT_ONCE }, put))
}
