import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Runs the bare Koa in a process of its own. */
export async function startBare(): Promise<{ port: number; stop(): void }> {
  const child = fork(fileURLToPath(new URL('./bare-main.ts', import.meta.url)))
  const [port] = await once(child, 'message')
  return { port, stop: () => child.disconnect() }
}
