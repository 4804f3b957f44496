import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withDeathSignal } from '@visage/stack/os'
import type { StackFile } from '@visage/stack/stack-file'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { onTestFinished } from 'vitest'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface Launcher {
  readonly child: ChildProcess
  readonly dataDir: string
  /** Resolves with `stack.json` once the stack is ready. Rejects if the launcher exits before. */
  ready(): Promise<StackFile>
  /** Output so far. */
  said(): string
  readonly exitCode: Promise<number | null>
  /** Sends SIGINT, as Ctrl-C does. */
  interrupt(): Promise<number | null>
}

/** Progress lines that appear only on a busy machine. */
const SLOW_STEPS = /^✓ (Built|Page built) \(.*\n/gm

/** Environment of a launcher: free ports, and no other variable of this machine. */
const { PATH, TMPDIR } = process.env
const bareEnv = { PATH, TMPDIR, PORT: '0', OPS_PORT: '0', WORKER_OPS_PORT: '0' }

/** Starts the launcher as `npm start` does, on free ports. It stops after the test. */
export function startLauncher(
  dataDir: string,
  env: NodeJS.ProcessEnv = {},
  account: { uid?: number; gid?: number } = {},
): Launcher {
  const start = [join(root, 'bin', 'start.mjs')]
  const [command, args] = withDeathSignal(process.execPath, start, 'SIGTERM')
  const child = spawn(command, args, {
    cwd: root,
    env: { ...bareEnv, DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...account,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
    })
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  const interrupt = () => {
    child.kill('SIGINT')
    return exitCode
  }
  onTestFinished(async () => {
    await interrupt()
  })
  const said = () => output.replace(SLOW_STEPS, '')
  return { child, dataDir, said, exitCode, interrupt, ready: () => ready(child, dataDir, said) }
}

async function ready(child: ChildProcess, dataDir: string, said: () => string): Promise<StackFile> {
  const ended = once(child, 'close').then(() => {
    throw new Error(`the launcher ended:\n${said()}`)
  })
  ended.catch(() => {})
  while (!said().includes('Ctrl-C stops everything')) {
    await Promise.race([once(child.stdout ?? child, 'data'), ended])
  }
  return JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8'))
}

/** Creates a folder for a stack. It is removed after the test with the Postgres data outside it. */
export function dataFolder(): string {
  const folder = temporaryFolder()
  onTestFinished(() => removeServersFolder(folder))
  return folder
}

/** Returns the processes whose command or environment contains the folder. */
export function processesOf(folder: string): number[] {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').map(Number).filter(Boolean)
  return pids.filter((pid) => pid !== process.pid && about(pid).includes(folder))
}

function about(pid: number): string {
  try {
    return ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')).join()
  } catch {
    return ''
  }
}
