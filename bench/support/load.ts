import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
}

export interface Target {
  readonly port: number
  /** Each is one connection's; the answers to all of them have the same length. */
  readonly asks: readonly Ask[]
  readonly status: number
  /** What is in a good answer. */
  readonly says?: string
}

export interface Load {
  /** Answers a second. */
  readonly rate: number
  /** Milliseconds from each request to the end of its answer. */
  readonly times: readonly number[]
}

/**
 * Asks the same over and over, one request at a time on each connection. As light as can be, so that the server
 * is what is measured: answers are counted by their length.
 */
export async function load(target: Target, milliseconds: number): Promise<Load> {
  const requests = target.asks.map(requestOf)
  const length = await answerLength(target, requests[0] as Buffer)
  const started = performance.now()
  const until = started + milliseconds
  const times = await Promise.all(
    requests.map((request) => ask(target.port, request, length, until)),
  )
  const all = times.flat()
  return { rate: (all.length / (performance.now() - started)) * 1000, times: all }
}

function requestOf({ method = 'GET', path, headers = {}, body }: Ask): Buffer {
  const given = { Host: 'visage', ...headers, ...(body && { 'Content-Length': `${body.length}` }) }
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
  return Buffer.concat([Buffer.from(head), body ?? Buffer.alloc(0)])
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Of the whole answer in bytes, its head included, on a connection that stays open. */
async function answerLength({ port, status, says = '' }: Target, request: Buffer): Promise<number> {
  const socket = await open(port)
  const end = request.indexOf('\r\n\r\n')
  socket.write(request.subarray(0, end))
  socket.write('\r\nConnection: close')
  socket.write(request.subarray(end))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const answer = Buffer.concat(chunks).toString('latin1')
  if (!answer.startsWith(`HTTP/1.1 ${status} `) || !answer.includes(says))
    throw new Error(`expected ${status} with "${says}": ${answer.slice(0, 300)}`)
  const kept = answer.replace(
    'Connection: close',
    'Connection: keep-alive\r\nKeep-Alive: timeout=5',
  )
  return kept.length
}

async function ask(
  port: number,
  request: Buffer,
  length: number,
  until: number,
): Promise<number[]> {
  const socket = await open(port)
  const times: number[] = []
  let left = length
  let sent = performance.now()
  const done = new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the server closed the connection')))
    socket.on('data', (chunk) => {
      left -= chunk.length
      if (left > 0) return
      if (left < 0) return reject(new Error('an answer was longer than the first one'))
      const now = performance.now()
      times.push(now - sent)
      left = length
      sent = now
      if (now < until) socket.write(request)
      else resolve()
    })
  })
  socket.write(request)
  await done.finally(() => socket.destroy())
  return times
}
