// Runs Node with the arguments given until it ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Ends this process as the child ended. */
export async function run(args, options) {
  process.exit(await exitCodeOf(args, options))
}

export async function exitCodeOf(args, { program = process.execPath, ...options } = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options })
  // The terminal sends Ctrl-C to the child too. This process waits for the child's last output.
  const signals = { SIGINT: () => {}, SIGTERM: () => child.kill('SIGTERM') }
  for (const [signal, listener] of Object.entries(signals)) process.on(signal, listener)
  const [code] = await once(child, 'exit')
  for (const [signal, listener] of Object.entries(signals)) process.off(signal, listener)
  return code ?? 1
}
