import { StackError } from './error.ts'
import { describeExit, type Process } from './process.ts'

/** Milliseconds. Two signals within this time are one Ctrl-C: the terminal and npm 10 both send one. */
const SAME_CTRL_C = 500

/** Resolves at the first stop signal. The second one ends this process and its child processes immediately. */
export function waitForStopSignal(onSignal: () => void): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const handle = () => {
      if (first !== undefined && performance.now() - first > SAME_CTRL_C) process.exit(1)
      if (first === undefined) onSignal()
      first ??= performance.now()
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle)
  })
}

/** Watches processes that must not end. `failed` rejects as soon as one of them exits. */
export function superviseProcesses(): {
  failed: Promise<never>
  watch: (process: Process) => void
} {
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const watch = ({ name, log, exited }: Process) => {
    exited.then((exit) => {
      const logNote = log ? ` Its log: ${log}` : ''
      fail(new StackError(`${name} exited unexpectedly (${describeExit(exit)}).${logNote}`))
    })
  }
  return { failed, watch }
}
