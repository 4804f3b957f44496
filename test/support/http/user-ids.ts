import { expect } from 'vitest'
import { keysIn, pictureRow } from '../world/state.ts'
import type { World } from '../world/use-world.ts'
import { avatarPath, type Client, someone, tokenOf } from './http.ts'

const KEY = /^avatars\/[0-9a-f]{64}\/[0-9a-f-]{36}\/\d+\.(webp|jpg)$/

/** World with a worker, a client of its API, and a picture to send. */
export interface Service {
  readonly world: World
  readonly api: Client
  readonly jpeg: Buffer
}

/** Takes the user through every path: an upload, its receipt, its variants, a Gravatar. */
export async function expectUsable({ world, api, jpeg }: Service, user: string): Promise<void> {
  expect((await api.get(avatarPath(user))).status).toBe(404)
  const id = await api.upload(user, jpeg)
  expect(await world.outcome(id)).toBe('ready')
  expect((await api.receipt(user, id)).state).toBe('ready')
  expect((await world.db('avatars').where('revision', id).first()).user_id).toBe(user)

  const { revision, variants } = await api.settings(user)
  expect(revision).toBe(id)
  const current = await api.get(avatarPath(user))
  expect(current.status).toBe(200)
  const bodies = await Promise.all(variants.map(({ url }: { url: string }) => api.get(url)))
  expect(bodies.map(({ status }) => status)).toEqual(variants.map(() => 200))
  expect(bodies.map(({ body }) => body)).toContainEqual(current.body)

  expect((await api.put(tokenOf(user, { email: 'a@example.com' }))).json.code).toBe(0)
  expect((await api.get(avatarPath(user))).status).toBe(302)
}

/**
 * Uploads as two users whose IDs are as similar as these. A common prefix makes the users of each pair unique.
 */
export async function expectTwoUsers(
  { world, api, jpeg }: Service,
  pair: readonly [string, string],
): Promise<void> {
  const prefix = someone()
  const users = pair.map((name) => (name.length > 100 ? name : `${prefix}:${name}`))
  const before = await keysIn(world, 'avatars/')
  const folders: string[] = []
  for (const user of users) {
    expect((await api.get(avatarPath(user))).status).toBe(404)
    const id = await api.upload(user, jpeg)
    expect(await world.outcome(id)).toBe('ready')
    expect((await api.settings(user)).revision).toBe(id)
    folders.push((await pictureRow(world, user)).folder)
  }
  expect(new Set(folders).size).toBe(2)
  const written = (await keysIn(world, 'avatars/')).filter((key) => !before.includes(key))
  const foldersWritten = written.map((key) => key.split('/')[1])
  expect(new Set(foldersWritten)).toEqual(new Set(folders))
  for (const key of written) expect(key).toMatch(KEY)
}
