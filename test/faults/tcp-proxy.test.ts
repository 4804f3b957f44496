import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TcpProxy } from '../support/servers/tcp-proxy.ts'

let echo: Server
let proxy: TcpProxy
const received: string[] = []

beforeEach(async () => {
  received.length = 0
  echo = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received.push(`${chunk}`)
      socket.write(chunk)
    })
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await TcpProxy.open((echo.address() as AddressInfo).port)
})

afterEach(async () => {
  await proxy.close()
  echo.close()
})

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  return socket
}

/** Sends the text. Resolves with the first chunk of the answer. */
async function ask(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, 'data')
  socket.write(text)
  return `${(await answer)[0]}`
}

test('forwards every byte', async () => {
  expect(await ask(await open(), 'hello')).toBe('hello')
})

test('latency delays both directions', async () => {
  const socket = await open()
  proxy.latency(50)
  const began = performance.now()
  expect(await ask(socket, 'hello')).toBe('hello')
  expect(performance.now() - began).toBeGreaterThan(99)
})

test('dropped bytes arrive after `pass`', async () => {
  const socket = await open()
  proxy.drop()
  const late = await open()
  const answers = Promise.all([ask(socket, 'old'), ask(late, 'new')])
  expect(received).toEqual([])
  await proxy.pass()
  expect(await answers).toEqual(['old', 'new'])
})

test('reset closes every open and every new connection', async () => {
  const socket = await open()
  await ask(socket, 'hello')
  proxy.reset()
  const [error] = await once(socket, 'error')
  expect(error.code).toBe('ECONNRESET')
  const [again] = await once(connect(proxy.port, '127.0.0.1'), 'error')
  expect(again.code).toBe('ECONNRESET')
})

test('refuse closes the port until `pass`', async () => {
  await proxy.refuse()
  const [error] = await once(connect(proxy.port, '127.0.0.1'), 'error')
  expect(error.code).toBe('ECONNREFUSED')
  await proxy.pass()
  expect(await ask(await open(), 'hello')).toBe('hello')
})

test('a trap holds the bytes after its trigger, which may span chunks, until it is released', async () => {
  const trap = proxy.trap({ on: 'sign', keep: 1, effect: 'hold' })
  const socket = await open()
  expect(await ask(socket, 'a si')).toBe('a si')
  socket.write('gn and more')
  await trap.sprung
  expect(await ask(await open(), 'others pass')).toBe('others pass')
  expect(received.join('')).not.toContain('and')
  trap.release()
  let rest = ''
  while (rest.length < 'gn and more'.length) rest += (await once(socket, 'data'))[0]
  expect(rest).toBe('gn and more')
})

test('a mute trap forwards every byte to the server and none to the client', async () => {
  const trap = proxy.trap({ on: 5, effect: 'mute' })
  const socket = await open()
  socket.on('data', () => expect.unreachable('an answer came through'))
  socket.write('hello, server')
  await trap.sprung
  await ask(await open(), 'others pass')
  expect(received.join('')).toContain('hello, server')
})

test('a reset trap forwards the bytes before its trigger', async () => {
  const trap = proxy.trap({ on: 'half', effect: 'reset' })
  const socket = await open()
  socket.write('half and half')
  await trap.sprung
  const [error] = await once(socket, 'error')
  expect(error.code).toBe('ECONNRESET')
  expect(received.join('')).not.toContain('and')
})
