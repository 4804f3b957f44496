import { asRevision } from '../domain/brands.ts'
import { type Client, type Reply, tokenOf } from '../http/http.ts'
import type { Trial } from './trial.ts'

/** Sends a PUT that may be refused. Records an accepted upload in the ledger. */
export async function tryPut(
  { ledger, client }: Trial,
  user: string,
  picture: Buffer,
  to: Client = client,
): Promise<Reply> {
  const reply = await to.put(tokenOf(user), picture)
  const id = reply.headers.get('x-upload-id')
  if (reply.json.code === 0 && id)
    ledger.uploads.push({ user, id: asRevision(id), expected: 'ready' })
  return reply
}

/** Sends a PUT without a body that may be refused. Records an accepted reset in the ledger. */
export async function tryReset({ ledger, client }: Trial, user: string): Promise<Reply> {
  const sent = Date.now()
  const reply = await client.put(tokenOf(user, { email: `${user}@visage.test` }))
  if (reply.json.code === 0) ledger.resets.push({ user, sent })
  return reply
}
