import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface Forked {
  readonly pid: number
  readonly port: number
  stop(): void
}

const living = new Set<ChildProcess>()

/** Runs a server to compare with in a process of its own, which says its port once it listens. */
export async function startForked(main: URL, env: NodeJS.ProcessEnv = {}): Promise<Forked> {
  const child = fork(fileURLToPath(main), { env: { ...process.env, ...env } })
  living.add(child)
  child.once('exit', () => living.delete(child))
  const [port] = await once(child, 'message')
  return { pid: child.pid ?? 0, port, stop: () => child.disconnect() }
}

/** Ends those that a part has left, as one does that fails. */
export async function stopForked(): Promise<void> {
  const gone = [...living].map((child) => once(child, 'exit'))
  for (const child of living) child.kill()
  await Promise.all(gone)
}

/** The other side of it. The process ends with the one that started it. */
export function tellPort(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.once('disconnect', () => process.exit())
}
