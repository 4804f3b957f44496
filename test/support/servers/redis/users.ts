import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { expect } from 'vitest'
import type { Environment, World } from '../../world/world.ts'

const document = new URL('../../../../docs/redis.md', import.meta.url)

export const PASSWORD = 'of-the-users-in-the-document'

type Client = Pick<Redis, 'acl'>

/** Makes a user by the document's line for it, with the keys of this world. */
export async function makeUser(user: string, { env }: World, client: Client): Promise<void> {
  const line = new RegExp(`^ACL SETUSER ${user} (.*)$`, 'm').exec(readFileSync(document, 'utf8'))
  const rights = `${line?.[1]}`
    .replace('>password', `>${PASSWORD}`)
    .replaceAll(/(?<=~\{?)visage/g, `${env.QUEUE_PREFIX}`)
  expect(rights).toContain(' -@all ')
  await client.acl('SETUSER', user, ...rights.split(' '))
}

/** The address with this user in place of the one it has. */
export const as = (user: string, { REDIS_URL = '' }: Environment) => ({
  REDIS_URL: REDIS_URL.replace(/(?<=:\/\/):[^@]*@/, `${user}:${PASSWORD}@`),
})

/** What a server has refused, but for the name of the library, which Redis 7.2 is told and can do without. */
export async function refusals(client: Client): Promise<unknown[]> {
  const entries = (await client.acl('LOG')) as unknown[][]
  return entries.filter((entry) => !entry.includes('client|setinfo'))
}
