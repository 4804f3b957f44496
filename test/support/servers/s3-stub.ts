import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StorageSettings } from '@visage/shared/storage/client'

/** @param nth number of the request to the server, from 1 */
export type Answer = (res: ServerResponse, nth: number, req: IncomingMessage) => void

export interface S3Stub {
  readonly settings: StorageSettings
  /** Requests in the form `PUT /bucket/key`. */
  readonly requests: readonly string[]
  /** Number of connections. */
  readonly connections: () => number
  close(): Promise<void>
}

/** Stub of S3 whose answers the test decides. */
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

/** Answers with an S3 error. */
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

/** Sends the head at once and then an endless body, one byte at a time. */
export const trickle =
  (status: number): Answer =>
  (res) => {
    res.writeHead(status, { 'Content-Length': 1_000_000, ETag: '"0"' })
    const timer = setInterval(() => res.write('<'), 10)
    res.once('close', () => clearInterval(timer))
  }

/** Answers with `bad` first, then successfully. */
export const atFirst =
  (times: number, bad: Answer): Answer =>
  (res, nth, req) =>
    (nth <= times ? bad : well)(res, nth, req)
