import { once } from 'node:events'
import { createServer } from 'node:net'
import { StackError } from './error.ts'

/** A port of 127.0.0.1 that no program listens on. */
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

const PORT_IN_USE = /address already in use|EADDRINUSE/i

/**
 * Calls `start` with `port`. Without `port`, calls it with a free port and retries twice with another one if the port is in
 * use: another process can take a port before the server binds it.
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
      const isTaken = error instanceof StackError && error.output.some((l) => PORT_IN_USE.test(l))
      if (!isTaken || attempt === 3) throw error
    }
  }
}
