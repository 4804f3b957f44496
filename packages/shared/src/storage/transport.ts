import http from 'node:http'
import https from 'node:https'

/** What minio-js asks of a transport: Node's own `request`, and nothing else of the module. */
export type Transport = Pick<typeof http, 'request'>

/**
 * The statuses on which minio-js 8.0.7 throws without reading the answer. Unread, the answer keeps
 * its socket for ever, so it is drained here. Guarded by test/integration/storage.test.ts.
 */
const UNREAD = new Set([408, 429, 499, 500, 502, 503, 504, 520])

/**
 * Node's HTTP client with what minio-js leaves out: an end to waiting, and no leaked sockets.
 * @param timeout milliseconds that one request may take, its answer's body included
 */
export function createTransport(protocol: string, timeout: number): Transport {
  const { request } = protocol === 'https:' ? https : http
  const send = (options: http.RequestOptions, onResponse: (res: http.IncomingMessage) => void) => {
    let answer: http.IncomingMessage | undefined
    const outgoing = request(options, (response) => {
      answer = response
      if (UNREAD.has(response.statusCode ?? 0)) response.resume()
      onResponse(response)
    })
    const giveUp = () => {
      const error = new StoreTimeoutError(timeout)
      answer?.destroy(error)
      outgoing.destroy(error)
    }
    const timer = setTimeout(giveUp, timeout)
    outgoing.once('close', () => clearTimeout(timer))
    return outgoing
  }
  return { request: send as typeof http.request }
}

/** @param ca PEM of the authorities that are trusted in place of those that Node knows */
export function createAgent(protocol: string, ca?: string): http.Agent {
  const options = { keepAlive: true, maxSockets: 128, scheduling: 'lifo' } as const
  const trust = ca === undefined ? {} : { ca }
  return protocol === 'https:' ? new https.Agent({ ...options, ...trust }) : new http.Agent(options)
}

export class StoreTimeoutError extends Error {
  constructor(timeout: number) {
    super(`the object store did not answer within ${timeout} ms`)
    this.name = 'StoreTimeoutError'
  }
}
