import { once } from 'node:events'
import { createServer, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import Koa from 'koa'
import { afterEach, expect, test } from 'vitest'
import { EventStream } from '../../../../apps/api/src/receipts/event-stream.ts'

let server: Server

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

/** A stream, and the client's end of it, which reads nothing. */
async function unread() {
  const app = new Koa()
  const opened = new Promise<{ stream: EventStream; response: ServerResponse }>((resolve) => {
    app.use((ctx) => resolve({ stream: new EventStream(ctx, 60_000), response: ctx.res }))
  })
  server = createServer(app.callback())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  request({ port, host: '127.0.0.1', agent: false })
    .on('response', (response) => response.on('error', () => {}).pause())
    .on('error', () => {})
    .end()
  return opened
}

test('a client that does not read is disconnected before much data is buffered', async () => {
  const { stream, response } = await unread()
  const event = { event: 'queued', id: 'queued-1', data: 'x'.repeat(8000) }
  let most = 0
  for (let i = 0; i < 10_000 && !response.destroyed; i++) {
    stream.send(event)
    most = Math.max(most, response.writableLength)
    await turn()
  }
  expect(response.destroyed).toBe(true)
  expect(most).toBeLessThan(32 * 1024)
  stream.send(event)
  stream.end()
})
