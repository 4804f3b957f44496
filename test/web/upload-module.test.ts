import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { readEvents } from '../../apps/web/src/event-stream.ts'
import { follow, type Progress } from '../../apps/web/src/upload.ts'

const ID = '01990b60-2f14-7b07-8a55-0c1d2e3f4a5b'
let server: Server | undefined
afterEach(() => server?.closeAllConnections())
afterEach(() => server?.close())

type Answer = (response: ServerResponse) => void

/** Starts a service with given answers to the event stream and to each receipt request. */
async function serve(events: Answer, ...receipts: Answer[]): Promise<string> {
  const started = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer t') response.writeHead(401).end()
    else if (request.url?.endsWith(`${ID}/events`)) events(response)
    else receipts.shift()?.(response)
  })
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`
}

const stream =
  (...chunks: string[]): Answer =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    for (const chunk of chunks) response.write(chunk)
    response.end()
  }
const none: Answer = (response) =>
  response.writeHead(404).end('{"code":404,"msg":"Not found","correlation_id":"c"}')
const receipt =
  (state: string): Answer =>
  (response) =>
    response.end(JSON.stringify({ code: 0, msg: '', data: { upload_id: ID, state, msg: '' } }))
const unavailable: Answer = (response) => response.writeHead(503).end('{"code":503,"msg":"busy"}')

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const one of all) list.push(one)
  return list
}

async function statesOf(api: string): Promise<Pick<Progress, 'state' | 'position'>[]> {
  const all = await collect(follow(ID, { api, token: 't' }))
  return all.map(({ state, position }) =>
    position === undefined ? { state } : { state, position },
  )
}

it('reports the states and the queue position from the events until the outcome', async () => {
  const api = await serve(
    stream(
      `event: queued\ndata: {"upload_id":"${ID}","state":"queued","position":3}\n\n: still here\n\n`,
      'event: processing\ndata: {}\n\n',
      `event: rejected\ndata: {"reason":"truncated",\ndata: "msg":"x"}\n\nevent: ready\ndata: {}\n\n`,
    ),
  )
  expect(await statesOf(api)).toEqual([
    { state: 'queued', position: 3 },
    { state: 'processing' },
    { state: 'rejected' },
  ])
})

it('polls the receipt without events, and retries while the service is unavailable', async () => {
  const api = await serve(none, receipt('queued'), unavailable, receipt('ready'))
  expect(await statesOf(api)).toEqual([{ state: 'queued' }, { state: 'ready' }])
})

it('polls the receipt after an interrupted event stream', async () => {
  const cut: Answer = (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write('event: queued\ndata: {}\n\n', () => response.destroy())
  }
  const api = await serve(cut, receipt('ready'))
  expect(await statesOf(api)).toEqual([{ state: 'queued' }, { state: 'ready' }])
})

it('throws a refusal with its code, message and correlation ID', async () => {
  const api = await serve(none, none)
  await expect(statesOf(api)).rejects.toMatchObject({
    name: 'ServiceError',
    code: 404,
    message: 'Not found',
    correlationId: 'c',
  })
})

it('parses an event split at any byte, even inside a character', async () => {
  const bytes = new TextEncoder().encode('event: ready\r\ndata: {"a":"ü"}\r\n\r\ndata: 2\n\n')
  for (let cut = 0; cut <= bytes.length; cut++) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, cut))
        controller.enqueue(bytes.slice(cut))
        controller.close()
      },
    })
    expect(await collect(readEvents(body)), `cut at ${cut}`).toEqual([
      { event: 'ready', data: '{"a":"ü"}' },
      { event: 'message', data: '2' },
    ])
  }
})
