import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { sign } from './sign.ts'

/** Webhook endpoint, and the keys that sign its messages. */
export interface Receiver {
  readonly url: URL
  readonly keys: readonly KeyObject[]
  /** Milliseconds from the DNS lookup to the status of the answer. */
  readonly timeout: number
  /** Whether the endpoint may have a loopback, private or otherwise special address. */
  readonly allowPrivate: boolean
}

/** Sends one message.  @returns the status of the answer  @throws if the request fails or times out */
export type Send = (id: string, body: string) => Promise<number>

const HEADERS = { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'visage' }

/**
 * Creates the function that sends messages to a receiver. It checks the address on every connection, after the DNS
 * lookup, so a DNS record that changes later does not pass the check. It does not follow redirects, and reads only the
 * status of an answer.
 */
export function createSender({ url, keys, timeout, allowPrivate }: Receiver): Send {
  const { request, agent } = transport(url, allowPrivate)
  return async (id, body) => {
    const headers = {
      ...HEADERS,
      ...sign(id, body, keys),
      'Content-Length': Buffer.byteLength(body),
    }
    const outgoing = request(url, { method: 'POST', headers, agent })
    outgoing.on('error', () => {}) // A socket error after the answer would otherwise end the process.
    outgoing.end(body)
    try {
      const answer = withTimeout('the answer of the webhook', timeout, once(outgoing, 'response'))
      const [response] = (await answer) as [IncomingMessage]
      return response.statusCode ?? 0
    } finally {
      outgoing.destroy()
    }
  }
}

function transport({ protocol }: URL, allowPrivate: boolean) {
  const options = { allowPrivateIPAddress: allowPrivate, allowMetaIPAddress: allowPrivate }
  return protocol === 'https:'
    ? { request: requestHttps, agent: new RequestFilteringHttpsAgent(options) }
    : { request: requestHttp, agent: new RequestFilteringHttpAgent(options) }
}
