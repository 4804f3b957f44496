import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { StackError } from './error.ts'
import { writePidFile } from './leftovers.ts'
import { signalTree, withDeathSignal } from './os.ts'
import { collectOutput, type Output } from './output.ts'

/** Exit code of a process, or the signal that ended it. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running process. It has its own process group, so Ctrl-C in the terminal does not reach it. */
export interface Process {
  readonly name: string
  /** Log file for the output. `undefined` if the process writes to the output of this process. */
  readonly log: string | undefined
  /** Whether it is the API or a worker. `stopAll` stops apps before servers. */
  readonly app: boolean
  readonly pid: number
  /** Never rejects. Resolves when the process and all children that share its output have exited. */
  readonly exited: Promise<Exit>
  /** Signals the process and all its children. For example, SIGSTOP freezes all processes of Postgres. */
  kill(signal: NodeJS.Signals): void
  /** Sends the stop signal and resumes a frozen process. Kills it after `seconds`. Can be called more than once. */
  stop(seconds?: number): Promise<void>
}

/** A process that listens on a port of 127.0.0.1. */
export interface Server extends Process {
  readonly port: number
}

export interface Program {
  /** Name for messages. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly cwd?: string
  readonly account?: { readonly uid: number; readonly gid: number } | undefined
  /** Text for standard input, which is then closed. */
  readonly input?: string
  /** Log file for the output. Without it, the process writes to the output of this process. */
  readonly log?: string | undefined
  /** File for the pid, so that the next start can stop this process if the launcher is killed. */
  readonly pidFile?: string | undefined
  /** Opens an IPC channel, which closes when this process exits. */
  readonly ipc?: boolean
  readonly app?: boolean
  readonly stopSignal?: 'SIGTERM' | 'SIGINT'
  readonly stopSeconds?: number
}

/** A process that may still be starting. */
export interface Launched extends Process {
  /** Resolves with the first line of the output that matches. */
  line(pattern: RegExp): Promise<string>
  /** Resolves with the first IPC message. */
  message(): Promise<unknown>
  /**
   * Waits for `signal`, which resolves when the process is ready. Rejects with the last lines of its output if the process exits
   * first, or after 60 s.
   */
  ready<T>(signal: Promise<T>): Promise<T>
  /** Waits for the exit. Rejects with the last lines of the output unless the exit code is 0. */
  finished(): Promise<void>
}

const READY_SECONDS = 60
const running = new Set<Process>()
let stopping = false

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts the program. Rejects if it cannot be executed. */
export async function launch(program: Program): Promise<Launched> {
  if (stopping)
    throw new StackError(`${program.name} is not started, because the stack is stopping.`)
  const child = spawnProgram(program)
  if (child.pid === undefined) {
    const [error] = await once(child, 'error')
    throw new StackError(`Cannot run ${program.name}: ${error.message}.`)
  }
  child.on('error', () => {})
  const output = program.log ? collectOutput(child, program.log) : undefined
  const launched = control(program, child, child.pid, exitOf(child, output))
  track(program, launched)
  child.stdin?.on('error', () => {}).end(program.input)
  return {
    ...launched,
    line: (pattern) => output?.line(pattern) ?? Promise.reject(new Error('output is not piped')),
    message: async () => (await once(child, 'message'))[0],
    ready: (signal) => waitUntilReady(program, launched, signal, output),
    finished: () => waitForSuccess(program, launched, output),
  }
}

/** Stops all processes, apps before servers. `launch` rejects from then on. */
export async function stopAll(seconds?: number): Promise<void> {
  stopping = true
  for (const app of [true, false]) {
    const processes = [...running].filter((process) => process.app === app)
    await Promise.all(processes.map((process) => process.stop(seconds)))
  }
}

/** Formats an exit, such as "exit code 1" or "signal SIGKILL". */
export const describeExit = ({ code, signal }: Exit): string =>
  signal ? `signal ${signal}` : `exit code ${code}`

function spawnProgram({ log, ipc, input, account, ...program }: Program): ChildProcess {
  const output = log ? 'pipe' : 'inherit'
  const signal = program.stopSignal ?? 'SIGTERM'
  const [command, args] = withDeathSignal(program.command, program.args, signal)
  return spawn(command, args, {
    detached: true,
    cwd: program.cwd,
    env: program.env ?? process.env,
    ...account,
    stdio: [
      input === undefined ? 'ignore' : 'pipe',
      output,
      output,
      ...(ipc ? ['ipc' as const] : []),
    ],
  })
}

function control(
  { name, log, app = false, stopSignal = 'SIGTERM', stopSeconds = 10 }: Program,
  child: ChildProcess,
  pid: number,
  exited: Promise<Exit>,
): Process {
  const kill = (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) signalTree(pid, signal)
  }
  const stop = async (seconds = stopSeconds) => {
    child.kill(stopSignal)
    kill('SIGCONT')
    const killTimer = setTimeout(kill, seconds * 1000, 'SIGKILL')
    await exited
    clearTimeout(killTimer)
  }
  return { name, log, app, pid, exited, kill, stop }
}

/** Adds the process to `running` and writes its pid file, until it exits. */
function track({ pidFile, stopSignal = 'SIGTERM' }: Program, process: Process): void {
  running.add(process)
  if (pidFile) writePidFile(pidFile, process.pid, stopSignal)
  process.exited.then(() => {
    running.delete(process)
    if (pidFile) rmSync(pidFile, { force: true })
  })
}

const exitOf = (child: ChildProcess, output?: Output): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('close', async (code, signal) => {
      await output?.written
      resolve({ code, signal })
    })
  })

async function waitUntilReady<T>(
  program: Program,
  process: Process,
  signal: Promise<T>,
  output?: Output,
): Promise<T> {
  const timer = new AbortController()
  const exited = process.exited.then((exit) => `stopped while starting (${describeExit(exit)})`)
  const timedOut = delay(READY_SECONDS * 1000, `was not ready within ${READY_SECONDS} s`, timer)
  const failed = Promise.race([exited, timedOut]).then((event) => {
    throw failure(program, event, output)
  })
  try {
    return await Promise.race([signal, failed])
  } catch (error) {
    await process.stop()
    throw error
  } finally {
    failed.catch(() => {})
    timer.abort()
  }
}

async function waitForSuccess(
  program: Program,
  { exited }: Process,
  output?: Output,
): Promise<void> {
  const exit = await exited
  if (exit.code !== 0) throw failure(program, `failed (${describeExit(exit)})`, output)
}

const failure = ({ name, log }: Program, event: string, output?: Output): StackError =>
  new StackError(`${name} ${event}.${log ? ` Its log: ${log}` : ''}`, output?.tail)
