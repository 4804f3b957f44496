import http from 'node:http'
import https from 'node:https'

/** The transport interface of minio-js: Node's `request` alone. */
export type Transport = Pick<typeof http, 'request'>

/**
 * Statuses on which minio-js 8.0.7 throws without reading the response. An unread response never releases its socket,
 * so the transport drains it. test/integration/storage.test.ts covers this.
 */
const UNREAD_STATUSES = new Set([408, 429, 499, 500, 502, 503, 504, 520])

/**
 * Adds to Node's HTTP client what minio-js lacks: a timeout, and no leaked sockets.
 * @param timeout timeout of one request in milliseconds, including the body of the response
 */
export function createTransport(protocol: string, timeout: number): Transport {
  const { request } = protocol === 'https:' ? https : http
  const send = (options: http.RequestOptions, onResponse: (res: http.IncomingMessage) => void) => {
    let incoming: http.IncomingMessage | undefined
    const outgoing = request(options, (response) => {
      incoming = response
      if (UNREAD_STATUSES.has(response.statusCode ?? 0)) response.resume()
      onResponse(response)
    })
    const abort = () => {
      const error = new StoreTimeoutError(timeout)
      incoming?.destroy(error)
      outgoing.destroy(error)
    }
    const timer = setTimeout(abort, timeout)
    outgoing.once('close', () => clearTimeout(timer))
    return outgoing
  }
  return { request: send as typeof http.request }
}

/** @param ca trusted certificate authorities as PEM; they replace those of Node */
export function createAgent(protocol: string, ca?: string): http.Agent {
  const options = { keepAlive: true, maxSockets: 128, scheduling: 'lifo' } as const
  const trust = ca === undefined ? {} : { ca }
  return protocol === 'https:' ? new https.Agent({ ...options, ...trust }) : new http.Agent(options)
}

export class StoreTimeoutError extends Error {
  constructor(timeout: number) {
    super(`The object store did not answer within ${timeout} ms`)
    this.name = 'StoreTimeoutError'
  }
}
