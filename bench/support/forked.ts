import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface Forked {
  readonly pid: number
  readonly port: number
  stop(): void
}

/** Runs a server to compare with in a process of its own, which says its port once it listens. */
export async function startForked(main: URL, env: NodeJS.ProcessEnv = {}): Promise<Forked> {
  const child = fork(fileURLToPath(main), { env: { ...process.env, ...env } })
  const [port] = await once(child, 'message')
  return { pid: child.pid ?? 0, port, stop: () => child.disconnect() }
}

/** The other side of it. The process ends with the one that started it. */
export function tellPort(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.once('disconnect', () => process.exit())
}
