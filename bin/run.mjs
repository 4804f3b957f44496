// Runs Node with the arguments given until it ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Ends this process as the child ended. */
export async function run(args, options) {
  process.exit((await howItEnded(args, options)).code)
}

/** @returns the exit code, 1 if a signal ended the child, and that signal */
export async function howItEnded(args, { program = process.execPath, ...options } = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options })
  // The terminal sends Ctrl-C to the child too. This process waits for the child's last output.
  const signals = { SIGINT: () => {}, SIGTERM: () => child.kill('SIGTERM') }
  for (const [name, listener] of Object.entries(signals)) process.on(name, listener)
  const [code, signal] = await once(child, 'exit')
  for (const [name, listener] of Object.entries(signals)) process.off(name, listener)
  return { code: code ?? 1, signal }
}
