import { connect, type Socket } from 'node:net'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { putHead } from '../test/support/http/raw-http.ts'
import { signToken } from '../test/support/http/token.ts'
import { tiny } from '../test/support/pictures/tiny.ts'
import { JWT_SECRET } from '../test/support/world/world.ts'
import type { Part, Report } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, upload } from './support/service.ts'

const SLOW = 200
const ROUNDS = 6
const UPLOADS = 250
const CLIENTS = 4

/** Two rounds of the same load differ by as much on a shared machine. */
const BOUND = 1.3

export const part: Part = {
  what: `effect of ${SLOW} clients that send one byte per second on other clients`,
  measure: () =>
    onServers(async (world) => {
      const { port } = await world.startApiProcess({ UPLOAD_GRACE: '10m' })
      return report(await rounds(port))
    }),
}

type Times = Record<'alone' | 'with slow clients', number[][]>

/** Measures both cases in turns, so that other load on the machine affects both. */
async function rounds(port: number): Promise<Times> {
  const picture = await tiny()
  const bar = new ProgressBar('uploads', ROUNDS * 2 * UPLOADS)
  const times: Times = { alone: [], 'with slow clients': [] }
  await measure(port, picture, () => {})
  for (let round = 0; round < ROUNDS; round++) {
    times.alone.push(await measure(port, picture, () => bar.step()))
    const disconnect = await connectSlowClients(port)
    times['with slow clients'].push(await measure(port, picture, () => bar.step()))
    disconnect()
  }
  bar.end()
  return times
}

/** @returns a function that disconnects the clients */
async function connectSlowClients(port: number): Promise<() => void> {
  const sockets = await Promise.all(
    Array.from({ length: SLOW }, (_, i) => connectSlowClient(port, i)),
  )
  const timer = setInterval(() => {
    for (const socket of sockets) socket.write('x')
  }, 1000)
  return () => {
    clearInterval(timer)
    for (const socket of sockets) socket.destroy()
  }
}

function connectSlowClient(port: number, index: number): Promise<Socket> {
  const head = putHead(signToken(JWT_SECRET, `slow-${index}`), 'Content-Length: 100000')
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head, () => resolve(socket)))
    socket.on('error', reject)
  })
}

async function measure(port: number, picture: Buffer, step: () => void): Promise<number[]> {
  const times: number[] = []
  const client = async (user: string) => {
    while (times.length < UPLOADS) {
      const sent = performance.now()
      await upload(port, user, picture)
      times.push(performance.now() - sent)
      step()
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(`user-${i}`)))
  return times
}

function report(times: Times): Report {
  const medianQuantile = (name: keyof Times, share: number) =>
    quantile(
      times[name].map((round) => quantile(round, share)),
      0.5,
    )
  const rows = (Object.keys(times) as (keyof Times)[]).map((name) => ({
    uploads: name,
    'median ms': medianQuantile(name, 0.5),
    'p99 ms': medianQuantile(name, 0.99),
  }))
  const value = medianQuantile('with slow clients', 0.99) / medianQuantile('alone', 0.99)
  const what = 'p99 with slow clients, relative to alone,'
  return {
    tables: [{ title: `Medians of ${ROUNDS} rounds of ${UPLOADS} uploads each`, rows }],
    targets: [{ what, value, sense: 'at most', bound: BOUND }],
  }
}
