import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { answerClientError } from './client-error.ts'

/** Milliseconds. */
const HEADERS_TIMEOUT = 10_000

/**
 * Node 20 to 24 store the response in progress in `_httpMessage`. test/integration/stop.test.ts guards this internal.
 */
interface Connection extends Socket {
  readonly _httpMessage?: ServerResponse | null
}

export interface HttpServer {
  readonly server: Server
  /**
   * Continues to serve, but closes each connection after its next response. Clients then connect to another process.
   */
  drain(): void
  /** Accepts no new connections and closes each connection after its running request. Resolves when all are closed. */
  stop(): Promise<void>
}

/**
 * Creates the HTTP server. Requests with `Expect: 100-continue` go to the same listener: `readBody` sends the 100.
 * @param requestTimeout maximum milliseconds until a request is received completely
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
  server.on('clientError', answerClientError)
  const drain = () => {
    draining = true
    for (const { _httpMessage: response } of connections)
      if (response) response.shouldKeepAlive = false
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
