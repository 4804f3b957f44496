import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { expect } from 'vitest'
import type { Environment, World } from '../../world/world.ts'

const document = new URL('../../../../docs/redis.md', import.meta.url)

export const PASSWORD = 'of-the-users-in-the-document'

type Client = Pick<Redis, 'acl'>

/** Creates a user with the ACL line of the document and the keys of this world. */
export async function makeUser(user: string, { env }: World, client: Client): Promise<void> {
  const line = new RegExp(`^ACL SETUSER ${user} (.*)$`, 'm').exec(readFileSync(document, 'utf8'))
  const rights = `${line?.[1]}`
    .replace('>password', `>${PASSWORD}`)
    .replaceAll(/(?<=~\{?)visage/g, `${env.QUEUE_PREFIX}`)
  expect(rights).toContain(' -@all ')
  await client.acl('SETUSER', user, ...rights.split(' '))
}

/** Returns the URL with this user. */
export const as = (user: string, { REDIS_URL = '' }: Environment) => ({
  REDIS_URL: REDIS_URL.replace(/(?<=:\/\/):[^@]*@/, `${user}:${PASSWORD}@`),
})

/** Returns the refused commands, except CLIENT SETINFO, which Redis 7.2 does not need. */
export async function refusals(client: Client): Promise<unknown[]> {
  const entries = (await client.acl('LOG')) as unknown[][]
  return entries.filter((entry) => !entry.includes('client|setinfo'))
}
