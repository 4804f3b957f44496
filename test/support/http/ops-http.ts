import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type Reply, toReply } from './http.ts'

export interface OpsCall {
  readonly method?: string
  /** Headers that are sent unchanged, including Host. */
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

/** Sends a request to an ops port. */
export function askOps(port: number, path: string, call: OpsCall = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, json } = call
  const type = json === undefined ? {} : { 'Content-Type': 'application/json' }
  const outgoing = request({
    port,
    host: '127.0.0.1',
    method,
    path,
    headers: { ...type, ...headers },
  })
  return new Promise((resolve, reject) => {
    outgoing.once('error', reject)
    outgoing.once('response', async (res) => {
      const pairs = Object.entries(res.headers).map(
        ([name, value]) => [name, `${value}`] as [string, string],
      )
      buffer(res).then((body) => resolve(toReply(res.statusCode ?? 0, pairs, body)), reject)
    })
    outgoing.end(json === undefined ? undefined : JSON.stringify(json))
  })
}

/** Returns the header of basic authentication (RFC 7617). */
export const basic = (user: string, password: string): Readonly<Record<string, string>> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

/** Headers of a browser request from a page of the same origin. */
export const SAME_ORIGIN = { 'Sec-Fetch-Site': 'same-origin' }
