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

interface Place {
  readonly host: string
  readonly port: number
}

/** Checks that somebody listens where the variable says, in one place at least. Names no more of the URLs than that. */
export async function assertAnswers(variable: string, urls: readonly string[]): Promise<void> {
  const places = urls.map(placeOf)
  if (places.includes(undefined)) return // A socket in the file system, say.
  const known = places.filter((place) => place !== undefined)
  const names = known.map(({ host, port }) => `${host}:${port}`).join(' and ')
  await Promise.any(known.map(assertListens)).catch(() => {
    throw new StackError(`${variable} names ${names}, where nothing answers.`)
  })
}

function placeOf(url: string): Place | undefined {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return host ? { host, port: Number(port) || (usualPorts[protocol] ?? 0) } : undefined
}

async function assertListens(place: Place): Promise<void> {
  const socket = connect(place)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(5000) })
  } finally {
    socket.destroy()
  }
}
