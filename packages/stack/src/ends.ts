import { StackError } from './error.ts'
import { describeExit, type Process } from './process.ts'

/** Milliseconds within which two signals are one Ctrl-C: the terminal sends it, and so does npm 10. */
const SAME_PRESS = 500

/** Resolves at the first signal to stop. The second ends us at once, and every process with us. */
export function stopAsked(onAsked: () => void): Promise<void> {
  return new Promise((resolve) => {
    let asked: number | undefined
    const ask = () => {
      if (asked !== undefined && performance.now() - asked > SAME_PRESS) process.exit(1)
      if (asked === undefined) onAsked()
      asked ??= performance.now()
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  })
}

/** `died` rejects as soon as one of the processes that are watched ends. */
export function deaths(): { died: Promise<never>; watch: (process: Process) => void } {
  let fail: (error: Error) => void = () => {}
  const died = new Promise<never>((_, reject) => {
    fail = reject
  })
  const watch = ({ name, log, exited }: Process) => {
    exited.then((exit) => {
      const where = log ? ` Its log: ${log}` : ''
      fail(new StackError(`${name} ended by itself (${describeExit(exit)}).${where}`))
    })
  }
  return { died, watch }
}
