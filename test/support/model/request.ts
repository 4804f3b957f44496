import { Readable } from 'node:stream'
import type { Context } from 'koa'
import { silent } from '../domain/log.ts'
import { gravityOf } from './picture.ts'

/** Parts of a PUT that its handler reads. */
export function putRequest(userId: string, bytes: Buffer): Context {
  const headers = { 'content-length': `${bytes.length}` }
  const body = Readable.from(bytes.length > 0 ? [bytes] : [])
  const req = Object.assign(body, { headers, socket: { bytesRead: bytes.length } })
  const context = {
    req,
    query: bytes.length > 0 ? { gravity: gravityOf(bytes) } : {},
    request: { length: bytes.length },
    state: { caller: { userId }, correlationId: 'c', log: silent },
    get: () => '',
    set: () => {},
  }
  return context as unknown as Context
}
