import { ConfigError } from '../config/read.ts'
import type { Logger } from '../log/logger.ts'
import { StartError } from './start-error.ts'
import { withTimeout } from './with-timeout.ts'

/** A program after its start. */
export interface RunningProcess {
  readonly log: Logger
  /** Maximum milliseconds of `stop`. */
  readonly stopTimeout: number
  /**
   * The listening ports by name. `runProcess` sends them to a parent process, which may have asked for any free port.
   */
  readonly ports: Readonly<Record<string, number>>
  stop(): Promise<void>
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Runs a process: starts it, waits for SIGTERM, SIGINT or the exit of a parent with an IPC channel, and stops it.
 * Exits with 0 if the stop finishes within `stopTimeout`, otherwise with 1. A second signal exits with 1 at once.
 */
export async function runProcess(start: () => Promise<RunningProcess>): Promise<void> {
  const program = await Promise.resolve().then(start).catch(exitWithStartError)
  const requestStop = once((trigger: string) => stopAndExit(program, trigger))
  for (const signal of SIGNALS) {
    process.on(signal, () => requestStop(signal))
  }
  const onParentExit = () => requestStop('parent process exited')
  if (process.connected) process.once('disconnect', onParentExit)
  else if (process.send) onParentExit()
  exitOnUncaughtError(program.log)
  process.send?.({ type: 'ready', ports: program.ports })
  program.log.info({ ports: program.ports }, 'Started process')
}

/** Returns a function that calls `stop` the first time and exits with 1 the second time. */
function once(stop: (trigger: string) => void): (trigger: string) => void {
  let stopping = false
  return (trigger) => {
    if (stopping) process.exit(1)
    stopping = true
    stop(trigger)
  }
}

async function stopAndExit(
  { log, stop, stopTimeout }: RunningProcess,
  trigger: string,
): Promise<void> {
  log.info({ trigger }, 'Began to stop process')
  try {
    await withTimeout('stopping the process', stopTimeout, stop())
    log.info('Stopped process')
    process.exit(0)
  } catch (error) {
    log.error({ err: error }, 'Stopped process before all work finished')
    process.exit(1)
  }
}

/** Exits on an uncaught error, because the state of the process is then unknown. Accepted uploads survive the exit. */
function exitOnUncaughtError(log: Logger): void {
  const die = (error: unknown) => {
    log.fatal({ err: error }, 'Exited because of an uncaught error')
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
