import { Readable } from 'node:stream'
import type { World } from './use-world.ts'

/** Returns the keys in the world's bucket that begin with the prefix. */
export function keysIn({ store }: World, prefix = ''): Promise<string[]> {
  return Readable.from(store.list(prefix)).toArray()
}

/** Returns the user's row of `avatars`. */
export function pictureRow({ db }: World, user: string) {
  return db('avatars').where('user_id', user).first()
}

/** Returns the upload's row of `uploads`. */
export function receiptRow({ db }: World, upload: string) {
  return db('uploads').where('upload_id', upload).first()
}

/** Returns the revisions of the user's pictures that wait for the purge, in order. */
export async function purgedRevisions({ db }: World, user: string): Promise<string[]> {
  const rows = await db('purges').where('user_id', user).orderBy('revision')
  return rows.map(({ revision }) => revision)
}

/** Returns all state that a change of this user can affect. */
export async function stateOf(world: World, user: string) {
  return {
    picture: await pictureRow(world, user),
    receipts: await world.db('uploads').where('user_id', user),
    objects: await keysIn(world),
    jobs: await world.queue.getJobCountByTypes(),
  }
}
