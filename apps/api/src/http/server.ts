import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { answerBrokenRequests } from './client-error.ts'

/** Milliseconds. */
const HEADERS_TIMEOUT = 10_000

/** Node 20 to 24 keep there the answer that a connection is busy with; guarded by test/integration/stop.test.ts. */
interface Connection extends Socket {
  readonly _httpMessage?: ServerResponse | null
}

export interface HttpServer {
  readonly server: Server
  /** Goes on, but ends each connection with its next answer, so that clients take their next request elsewhere. */
  drain(): void
  /** Takes no more connections, lets the running requests finish, and ends each connection with its answer. */
  stop(): Promise<void>
}

/**
 * `Expect: 100-continue` goes the common way: the body's reader invites it once the request has passed.
 * @param requestTimeout milliseconds that the slowest request may take to come
 */
export function createHttpServer(listener: RequestListener, requestTimeout: number): HttpServer {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT, requestTimeout })
  const connections = new Set<Connection>()
  let draining = false
  server.on('connection', (socket: Connection) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.on('request', (request, response) => {
    if (draining) response.shouldKeepAlive = false
    listener(request, response)
  })
  server.on('checkContinue', (request, response) => server.emit('request', request, response))
  server.on('clientError', answerBrokenRequests)
  const drain = () => {
    draining = true
    for (const { _httpMessage: running } of connections)
      if (running) running.shouldKeepAlive = false
  }
  return {
    server,
    drain,
    stop() {
      drain()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
