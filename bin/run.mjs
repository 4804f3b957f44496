// Runs Node with the arguments given until it ends, and ends as it did.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export async function run(args, options = {}) {
  const child = spawn(process.execPath, args, { stdio: 'inherit', ...options })
  // A Ctrl-C reaches the child from the terminal; we wait for what it has to say.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code] = await once(child, 'exit')
  process.exit(code ?? 1)
}
