import { ConfigError } from '../config/read.ts'
import type { Logger } from '../log/logger.ts'
import { StartError } from './start-error.ts'
import { withTimeout } from './with-timeout.ts'

/** A program that has started. */
export interface RunningProcess {
  readonly log: Logger
  /** Milliseconds that `stop` may take. */
  readonly stopTimeout: number
  /** The ports it listens on, by name; told to a parent process that asked for any free one. */
  readonly ports: Readonly<Record<string, number>>
  stop(): Promise<void>
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * The life of a process: start, run until a signal (or until a parent with an IPC channel goes away),
 * stop within the deadline, exit 0. A second signal leaves at once.
 */
export async function runProcess(start: () => Promise<RunningProcess>): Promise<void> {
  const program = await Promise.resolve().then(start).catch(exitWithStartError)
  const leave = once((why: string) => stopAndExit(program, why))
  for (const signal of SIGNALS) {
    process.on(signal, () => leave(signal))
  }
  const orphaned = () => leave('the parent process is gone')
  if (process.connected) process.once('disconnect', orphaned)
  else if (process.send) orphaned()
  exitOnUncaughtError(program.log)
  process.send?.({ type: 'ready', ports: program.ports })
  program.log.info({ ports: program.ports }, 'ready')
}

function once(leave: (why: string) => void): (why: string) => void {
  let leaving = false
  return (why) => {
    if (leaving) process.exit(1)
    leaving = true
    leave(why)
  }
}

async function stopAndExit({ log, stop, stopTimeout }: RunningProcess, why: string): Promise<void> {
  log.info({ why }, 'stopping')
  try {
    await withTimeout('the stop', stopTimeout, stop())
    log.info('stopped')
    process.exit(0)
  } catch (error) {
    log.error({ err: error }, 'stopped with work left; it will be done again')
    process.exit(1)
  }
}

/** A state that nobody foresaw is not worked on in: the process ends, and nothing accepted is lost by that. */
function exitOnUncaughtError(log: Logger): void {
  const die = (error: unknown) => {
    log.fatal({ err: error }, 'uncaught')
    process.exit(70)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
}

function exitWithStartError(error: unknown): never {
  const { message, stack } = error as Error
  process.stderr.write(`${error instanceof StartError ? message : stack}\n`)
  process.exit(error instanceof ConfigError ? 78 : 1)
}
