import { once } from 'node:events'
import { connect } from 'node:net'
import { StackError } from './error.ts'

const usualPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
}

/** Checks that somebody listens where the variable says. Names no more of the URL than that place. */
export async function assertAnswers(variable: string, url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  if (!hostname) return // A socket in the file system, say.
  const host = hostname.replace(/^\[|\]$/g, '')
  const place = { host, port: Number(port) || (usualPorts[protocol] ?? 0) }
  const socket = connect(place)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(5000) })
  } catch {
    throw new StackError(`${variable} names ${host}:${place.port}, where nothing answers.`)
  } finally {
    socket.destroy()
  }
}
