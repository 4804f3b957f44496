import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One HTTP request of a load. */
export interface LoadRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
}

export interface Target {
  readonly port: number
  /** One request for each connection. All answers must have the same length. */
  readonly requests: readonly LoadRequest[]
  readonly status: number
  /** Text that a successful answer contains. */
  readonly contains?: string
}

export interface Load {
  /** Answers per second. */
  readonly rate: number
  /** Milliseconds from each request to the end of its answer. */
  readonly times: readonly number[]
}

/**
 * Repeats the requests, one at a time on each connection. Counts answers by their length instead of parsing them, so that the
 * client uses little CPU.
 */
export async function load(target: Target, milliseconds: number): Promise<Load> {
  const requests = target.requests.map(serialize)
  const length = await answerLength(target, requests[0] as Buffer)
  const started = performance.now()
  const until = started + milliseconds
  const times = await Promise.all(
    requests.map((request) => repeat(target.port, request, length, until)),
  )
  const all = times.flat()
  return { rate: (all.length / (performance.now() - started)) * 1000, times: all }
}

function serialize({ method = 'GET', path, headers = {}, body }: LoadRequest): Buffer {
  const fields = { Host: 'visage', ...headers, ...(body && { 'Content-Length': `${body.length}` }) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
  return Buffer.concat([Buffer.from(head), body ?? Buffer.alloc(0)])
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Bytes of the complete answer, including its head, as it is on a connection that stays open. */
async function answerLength(
  { port, status, contains = '' }: Target,
  request: Buffer,
): Promise<number> {
  const socket = await open(port)
  const end = request.indexOf('\r\n\r\n')
  socket.write(request.subarray(0, end))
  socket.write('\r\nConnection: close')
  socket.write(request.subarray(end))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const answer = Buffer.concat(chunks).toString('latin1')
  if (!answer.startsWith(`HTTP/1.1 ${status} `) || !answer.includes(contains))
    throw new Error(`expected ${status} with "${contains}": ${answer.slice(0, 300)}`)
  const keptAlive = answer.replace(
    'Connection: close',
    'Connection: keep-alive\r\nKeep-Alive: timeout=5',
  )
  return keptAlive.length
}

async function repeat(
  port: number,
  request: Buffer,
  length: number,
  until: number,
): Promise<number[]> {
  const socket = await open(port)
  const times: number[] = []
  let remaining = length
  let sent = performance.now()
  const done = new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The server closed the connection')))
    socket.on('data', (chunk) => {
      remaining -= chunk.length
      if (remaining > 0) return
      if (remaining < 0) return reject(new Error('An answer was longer than the first one'))
      const now = performance.now()
      times.push(now - sent)
      remaining = length
      sent = now
      if (now < until) socket.write(request)
      else resolve()
    })
  })
  socket.write(request)
  await done.finally(() => socket.destroy())
  return times
}
