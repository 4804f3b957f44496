import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Ask {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Target {
  readonly port: number
  /** Each is one connection's; the answers to all of them have the same length. */
  readonly asks: readonly Ask[]
  readonly status: number
}

/**
 * Asks the same over and over, one request at a time on each connection. As light as can be, so that the server
 * is what is measured: answers are counted by their length.
 * @returns answers a second
 */
export async function load(target: Target, milliseconds: number): Promise<number> {
  const requests = target.asks.map(requestOf)
  const length = await answerLength(target, `${requests[0]}`)
  const until = performance.now() + milliseconds
  const started = performance.now()
  const counts = await Promise.all(
    requests.map((request) => ask(target.port, request, length, until)),
  )
  const seconds = (performance.now() - started) / 1000
  return counts.reduce((a, b) => a + b) / seconds
}

function requestOf({ path, headers = {} }: Ask): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${path} HTTP/1.1\r\nHost: visage\r\n${lines.join('')}\r\n`
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Of the whole answer in bytes, its head included. */
async function answerLength({ port, status }: Target, request: string): Promise<number> {
  const socket = await open(port)
  socket.write(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const answer = Buffer.concat(chunks).toString('latin1')
  if (!answer.startsWith(`HTTP/1.1 ${status} `))
    throw new Error(`expected ${status}: ${answer.slice(0, 100)}`)
  const kept = answer.replace(
    'Connection: close',
    'Connection: keep-alive\r\nKeep-Alive: timeout=5',
  )
  return kept.length
}

async function ask(port: number, request: string, length: number, until: number): Promise<number> {
  const socket = await open(port)
  let answers = 0
  let left = length
  const done = new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the server closed the connection')))
    socket.on('data', (chunk) => {
      left -= chunk.length
      if (left > 0) return
      if (left < 0) return reject(new Error('an answer was longer than the first one'))
      answers++
      left = length
      if (performance.now() < until) socket.write(request)
      else resolve()
    })
  })
  socket.write(request)
  await done.finally(() => socket.destroy())
  return answers
}
