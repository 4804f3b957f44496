import type { ObjectStore } from '@visage/shared/storage/object-store'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { collect } from '../support/domain/collect.ts'
import { uploadAt } from '../support/domain/uploads.ts'
import { Bucket, storePort } from '../support/model/bucket.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()

const uploads = Array.from({ length: 5 }, (_, i) => uploadAt(1000 + i, asUserId('Ωμέγα')))

type Operation = (store: ObjectStore, upload: (typeof uploads)[number]) => Promise<unknown>

const raw = (store: ObjectStore) => new RawObjects(store)

const operations = {
  put: (store, upload) => raw(store).put(upload, Buffer.from(upload.id)),
  get: async (store, { id }) => `${await raw(store).get(id)}`,
  find: async (store, { id }) => (await raw(store).find(id))?.userId,
  remove: (store, { id }) => raw(store).remove(id),
  quarantine: (store, { id }) => raw(store).quarantine(id),
  clear: (store, { id }) => store.removePrefix(`quarantine/${id.slice(0, 13)}`),
  list: (store) => collect(raw(store).list()),
  listAll: (store) => collect(store.list('')),
} satisfies Record<string, Operation>

const name = fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[]))
const sequences = fc.array(fc.tuple(name, fc.nat({ max: 4 })), { minLength: 1, maxLength: 25 })

test('the model’s bucket answers like S3', async () => {
  const property = fc.asyncProperty(sequences, async (sequence) => {
    await world.store.removePrefix('')
    const model = storePort(new Bucket(), async (_, effect) => effect())
    for (const [operation, n] of sequence) {
      const upload = uploads[n] as (typeof uploads)[number]
      const real = await operations[operation](world.store, upload)
      expect(await operations[operation](model, upload)).toEqual(real)
    }
    expect(await operations.listAll(model)).toEqual(await operations.listAll(world.store))
  })
  await fc.assert(property, { numRuns: 40 })
})
