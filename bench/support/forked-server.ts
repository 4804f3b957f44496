import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface ForkedServer {
  readonly pid: number
  readonly port: number
  stop(): void
}

const running = new Set<ChildProcess>()

/** Runs a server in its own process. The server must send its port (see `listenAndSendPort`). */
export async function startForkedServer(
  main: URL,
  env: NodeJS.ProcessEnv = {},
): Promise<ForkedServer> {
  const child = fork(fileURLToPath(main), { env: { ...process.env, ...env } })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const [port] = await once(child, 'message')
  return { pid: child.pid ?? 0, port, stop: () => child.disconnect() }
}

/** Stops the servers that a failed part left running. */
export async function stopForkedServers(): Promise<void> {
  const exits = [...running].map((child) => once(child, 'exit'))
  for (const child of running) child.kill()
  await Promise.all(exits)
}

/** For the main file of a forked server: listens, and sends the port to the parent. Exits when the parent exits. */
export function listenAndSendPort(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.once('disconnect', () => process.exit())
}
