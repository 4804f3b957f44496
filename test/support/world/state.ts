import { Readable } from 'node:stream'
import type { World } from './use-world.ts'

/** The keys in the world's bucket that begin with the prefix. */
export function keysIn({ store }: World, prefix = ''): Promise<string[]> {
  return Readable.from(store.list(prefix)).toArray()
}

/** The user's row of `avatars`, as Postgres has it. */
export function pictureRow({ db }: World, user: string) {
  return db('avatars').where('user_id', user).first()
}

/** The upload's row of `uploads`, as Postgres has it. */
export function receiptRow({ db }: World, upload: string) {
  return db('uploads').where('upload_id', upload).first()
}

/** The revisions of the user's pictures that wait to be purged, in their order. */
export async function purgedRevisions({ db }: World, user: string): Promise<string[]> {
  const rows = await db('purges').where('user_id', user).orderBy('revision')
  return rows.map(({ revision }) => revision)
}

/** All that a change by this user would leave behind, or set off. */
export async function stateOf(world: World, user: string) {
  return {
    picture: await pictureRow(world, user),
    receipts: await world.db('uploads').where('user_id', user),
    objects: await keysIn(world),
    jobs: await world.queue.getJobCountByTypes(),
  }
}
