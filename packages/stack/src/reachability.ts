import { once } from 'node:events'
import { connect } from 'node:net'
import { StackError } from './error.ts'

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
}

interface Address {
  readonly host: string
  readonly port: number
}

/**
 * Checks that at least one of the URLs of a variable accepts TCP connections. The error message contains only hosts and ports,
 * because the URLs may contain passwords.
 */
export async function assertReachable(variable: string, urls: readonly string[]): Promise<void> {
  const addresses = urls.map(addressOf)
  if (addresses.includes(undefined)) return // A URL without a host, such as one with a Unix socket.
  const known = addresses.filter((address) => address !== undefined)
  const names = known.map(({ host, port }) => `${host}:${port}`).join(' or ')
  await Promise.any(known.map(assertListens)).catch(() => {
    throw new StackError(`Cannot connect to ${names} (from ${variable}).`)
  })
}

function addressOf(url: string): Address | undefined {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return host ? { host, port: Number(port) || (DEFAULT_PORTS[protocol] ?? 0) } : undefined
}

async function assertListens(address: Address): Promise<void> {
  const socket = connect(address)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(5000) })
  } finally {
    socket.destroy()
  }
}
