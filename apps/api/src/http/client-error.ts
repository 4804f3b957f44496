import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { failure } from '@visage/shared/envelope'
import { problem } from '@visage/shared/errors/app-error'
import { outputHeaders } from '@visage/shared/output-headers'
import { CORRELATION_HEADER, latestCorrelationId } from './correlation.ts'

/** What Node's parser says of a request, as HTTP statuses. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** A body that ends before its length, from a client that still listens. */
const ENDED_EARLY = 'HPE_INVALID_EOF_STATE'

/** Answers what is no HTTP request, or stops being one: these never reach the middleware. */
export function answerBrokenRequests(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const text =
    error.code === ENDED_EARLY
      ? endedEarly(latestCorrelationId(socket))
      : plain(STATUS[error.code ?? ''] ?? 400)
  // A client that neither reads nor closes must not keep its half, and its share of the budget.
  socket.end(text, () => socket.destroy())
}

function plain(status: number): string {
  return answer(status, { 'Content-Length': '0' })
}

function endedEarly(id: string): string {
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
