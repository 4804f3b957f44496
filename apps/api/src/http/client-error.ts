import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { failure } from '@visage/shared/envelope'
import { problem } from '@visage/shared/errors/app-error'
import { outputHeaders } from '@visage/shared/output-headers'
import { CORRELATION_HEADER, latestCorrelationId } from './correlation.ts'

/** The HTTP status for each error code of Node's HTTP parser. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Error code of a body that is shorter than its Content-Length, from a client that still reads. */
const BODY_TOO_SHORT = 'HPE_INVALID_EOF_STATE'

/** Answers requests that Node's HTTP parser rejects. Such requests never reach the middleware. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const text =
    error.code === BODY_TOO_SHORT
      ? bodyTooShort(latestCorrelationId(socket))
      : emptyAnswer(STATUS[error.code ?? ''] ?? 400)
  // A client that neither reads nor closes must not hold the socket and its share of the byte budget.
  socket.end(text, () => socket.destroy())
}

function emptyAnswer(status: number): string {
  return answer(status, { 'Content-Length': '0' })
}

function bodyTooShort(id: string): string {
  const body = JSON.stringify(failure(problem('invalidContentLength'), id, false))
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': `${body.length}`,
    [CORRELATION_HEADER]: id,
  }
  return answer(200, headers, body)
}

function answer(status: number, headers: Readonly<Record<string, string>>, body = ''): string {
  const all = { ...outputHeaders.envelope, ...headers, Connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n')
}
