import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { StackError } from './error.ts'
import { writePidFile } from './leftovers.ts'
import { signalTree, withDeathSignal } from './os.ts'
import { collectOutput, type Output } from './output.ts'

/** How a process ended: with an exit code, or by a signal. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running process, in a process group of its own: Ctrl-C on the terminal does not reach it. */
export interface Process {
  readonly name: string
  /** The file that its output goes to, unless that is ours. */
  readonly log: string | undefined
  /** Whether it is one of ours, that uses the servers. */
  readonly app: boolean
  readonly pid: number
  /** Never rejects. Settles once the process, and every child that shares its output, is gone. */
  readonly exited: Promise<Exit>
  /** Signals the process and all its children: SIGSTOP freezes a whole Postgres, say. */
  kill(signal: NodeJS.Signals): void
  /** Asks it to stop, thawing it first if frozen; past the deadline kills it. Harmless twice. */
  stop(seconds?: number): Promise<void>
}

/** A process that listens on a port of 127.0.0.1. */
export interface Server extends Process {
  readonly port: number
}

export interface Program {
  /** As a person reads it in a message. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly cwd?: string
  readonly account?: { readonly uid: number; readonly gid: number } | undefined
  /** Written to its standard input, which is then closed. */
  readonly input?: string
  /** The file that takes its output. Absent: the output is ours. */
  readonly log?: string | undefined
  /** Where to note the pid, so that a later start finds what a killed launcher left behind. */
  readonly pidFile?: string | undefined
  /** Gives it an IPC channel, which closes when we are gone. */
  readonly ipc?: boolean
  readonly app?: boolean
  readonly stopSignal?: 'SIGTERM' | 'SIGINT'
  readonly stopSeconds?: number
}

/** A process that is still starting: `ready` tells when that is over. */
export interface Launched extends Process {
  /** The first line of its output that matches. */
  line(pattern: RegExp): Promise<string>
  /** The first message that it sends over IPC. */
  message(): Promise<unknown>
  /** Waits for the sign that it is ready; rejects, with its last lines, when it ends before. */
  ready<T>(sign: Promise<T>): Promise<T>
  /** Waits for its end; rejects, with its last lines, unless that is a success. */
  finished(): Promise<void>
}

const READY_SECONDS = 60
const living = new Set<Process>()
let stopping = false

process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Spawns the program. Rejects when it cannot be run at all. */
export async function launch(program: Program): Promise<Launched> {
  if (stopping) throw new StackError(`${program.name} is not started any more.`)
  const child = spawnProgram(program)
  if (child.pid === undefined) {
    const [error] = await once(child, 'error')
    throw new StackError(`${program.name} cannot be run: ${error.message}.`)
  }
  child.on('error', () => {})
  const output = program.log ? collectOutput(child, program.log) : undefined
  const running = control(program, child, child.pid, endOf(child, output))
  track(program, running)
  child.stdin?.on('error', () => {}).end(program.input)
  return {
    ...running,
    line: (pattern) => output?.line(pattern) ?? Promise.reject(new Error('output is not piped')),
    message: async () => (await once(child, 'message'))[0],
    ready: (sign) => readyOrEnded(program, running, sign, output),
    finished: () => succeeded(program, running, output),
  }
}

/** Stops all that was launched, apps before the servers that they use. Nothing starts after that. */
export async function stopAll(seconds?: number): Promise<void> {
  stopping = true
  for (const app of [true, false]) {
    await Promise.all([...living].filter((one) => one.app === app).map((one) => one.stop(seconds)))
  }
}

/** "exit code 1" or "signal SIGKILL". */
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
    const insist = setTimeout(kill, seconds * 1000, 'SIGKILL')
    await exited
    clearTimeout(insist)
  }
  return { name, log, app, pid, exited, kill, stop }
}

/** Lists it as living, here and in its pid file, until it ends. */
function track({ pidFile, stopSignal = 'SIGTERM' }: Program, running: Process): void {
  living.add(running)
  if (pidFile) writePidFile(pidFile, running.pid, stopSignal)
  running.exited.then(() => {
    living.delete(running)
    if (pidFile) rmSync(pidFile, { force: true })
  })
}

const endOf = (child: ChildProcess, output?: Output): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('close', async (code, signal) => {
      await output?.written
      resolve({ code, signal })
    })
  })

async function readyOrEnded<T>(
  program: Program,
  running: Process,
  sign: Promise<T>,
  output?: Output,
): Promise<T> {
  const over = new AbortController()
  const ended = running.exited.then((exit) => `stopped while starting (${describeExit(exit)})`)
  const late = delay(READY_SECONDS * 1000, `was not ready within ${READY_SECONDS} s`, over)
  const failed = Promise.race([ended, late]).then((what) => {
    throw failure(program, what, output)
  })
  try {
    return await Promise.race([sign, failed])
  } catch (error) {
    await running.stop()
    throw error
  } finally {
    failed.catch(() => {})
    over.abort()
  }
}

async function succeeded(program: Program, { exited }: Process, output?: Output): Promise<void> {
  const exit = await exited
  if (exit.code !== 0) throw failure(program, `failed (${describeExit(exit)})`, output)
}

const failure = ({ name, log }: Program, what: string, output?: Output): StackError =>
  new StackError(`${name} ${what}.${log ? ` Its log: ${log}` : ''}`, output?.tail)
