import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { sign } from './sign.ts'

/** Who is told, and how it knows that it is us. */
export interface Receiver {
  readonly url: URL
  readonly keys: readonly KeyObject[]
  /** Milliseconds from the name's resolution to the answer's status. */
  readonly timeout: number
  /** Whether its address may be a loopback, private or otherwise special one. */
  readonly allowPrivate: boolean
}

/** @returns the status that the message was answered with  @throws where there was no answer in time */
export type Send = (id: string, body: string) => Promise<number>

const HEADERS = { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'visage' }

/**
 * Addresses are looked at when it connects, each time, after the name was resolved: one that changes its
 * mind gains nothing. Redirects are an answer like any other, and of the answer only the status is read.
 */
export function sender({ url, keys, timeout, allowPrivate }: Receiver): Send {
  const { request, agent } = transport(url, allowPrivate)
  return async (id, body) => {
    const headers = {
      ...HEADERS,
      ...sign(id, body, keys),
      'Content-Length': Buffer.byteLength(body),
    }
    const outgoing = request(url, { method: 'POST', headers, agent })
    outgoing.on('error', () => {}) // Also those that come after the answer.
    outgoing.end(body)
    try {
      const answer = withTimeout("the webhook's answer", timeout, once(outgoing, 'response'))
      const [response] = (await answer) as [IncomingMessage]
      return response.statusCode ?? 0
    } finally {
      outgoing.destroy()
    }
  }
}

function transport({ protocol }: URL, allowed: boolean) {
  const options = { allowPrivateIPAddress: allowed, allowMetaIPAddress: allowed }
  return protocol === 'https:'
    ? { request: requestHttps, agent: new RequestFilteringHttpsAgent(options) }
    : { request: requestHttp, agent: new RequestFilteringHttpAgent(options) }
}
