import { once } from 'node:events'
import { createServer } from 'node:net'
import { StackError } from './error.ts'

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0)
  if (port === undefined) throw new StackError('No port is free on 127.0.0.1.')
  return port
}

/** Whether a server could listen on this port of 127.0.0.1. */
export const isFree = async (port: number): Promise<boolean> =>
  (await listenOnce(port)) !== undefined

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return undefined
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? address?.port : undefined
}

const takenMessage = /address already in use|EADDRINUSE/i

/**
 * Runs `start` with the port asked for; without one, with free ports until it succeeds, as another
 * process may take a port between our choice and the server's own bind.
 */
export async function onPort<T>(
  port: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (port) return start(port)
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort())
    } catch (error) {
      const taken = error instanceof StackError && error.output.some((l) => takenMessage.test(l))
      if (!taken || attempt === 3) throw error
    }
  }
}
