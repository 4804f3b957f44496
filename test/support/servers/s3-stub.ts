import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StorageSettings } from '@visage/shared/storage/client'

/** @param nth which request of the server's this is, from 1 */
export type Answer = (res: ServerResponse, nth: number, req: IncomingMessage) => void

export interface S3Stub {
  readonly settings: StorageSettings
  /** The requests that have come, as `PUT /bucket/key`. */
  readonly requests: readonly string[]
  /** How many connections have been made to it. */
  readonly connections: () => number
  close(): Promise<void>
}

/** A server that is asked as S3 is, and answers as the test says. */
export async function startS3Stub(answer: Answer): Promise<S3Stub> {
  const requests: string[] = []
  let connections = 0
  const server = createServer((req, res) => {
    answer(res, requests.push(`${req.method} ${req.url}`), req)
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      accessKey: 'key',
      secretKey: 'secret',
      bucket: 'bucket',
      region: 'us-east-1',
    },
    requests,
    connections: () => connections,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** An error as S3 says it. */
export const s3Error =
  (status: number, code: string): Answer =>
  (res) => {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`
    res.writeHead(status, { 'Content-Type': 'application/xml' }).end(body)
  }

export const well: Answer = (res) => {
  res.setHeader('ETag', '"0"').setHeader('Last-Modified', new Date(0).toUTCString())
  res.end('bytes')
}

/** Never answers. */
export const silence: Answer = (_, __, req) => void req.resume()

export const reset: Answer = (_, __, req) => void req.socket.resetAndDestroy()

/** The head of an answer at once, and its body a byte at a time, without an end. */
export const trickle =
  (status: number): Answer =>
  (res) => {
    res.writeHead(status, { 'Content-Length': 1_000_000, ETag: '"0"' })
    const timer = setInterval(() => res.write('<'), 10)
    res.once('close', () => clearInterval(timer))
  }

/** `bad` for the first answers, then all is well. */
export const atFirst =
  (times: number, bad: Answer): Answer =>
  (res, nth, req) =>
    (nth <= times ? bad : well)(res, nth, req)
