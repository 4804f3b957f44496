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
  /** What `stack.json` tells, once all is ready; rejects if the launcher ends before. */
  ready(): Promise<StackFile>
  /** All that it has written so far. */
  said(): string
  readonly exitCode: Promise<number | null>
  /** Presses Ctrl-C. */
  interrupt(): Promise<number | null>
}

/** A busy machine takes so long for these that they are mentioned. */
const SLOW_STEPS = /^✓ (Built|Page built) \(.*\n/gm

/** No variable of the machine that runs the tests is to change what a test starts. */
const { PATH, TMPDIR } = process.env
const bareEnv = { PATH, TMPDIR, PORT: '0', OPS_PORT: '0', WORKER_OPS_PORT: '0' }

/** `npm start` without npm, on any free ports; ends with the test. */
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

/** A folder for a stack, removed after the test with all that Postgres kept elsewhere. */
export function dataFolder(): string {
  const folder = temporaryFolder()
  onTestFinished(() => removeServersFolder(folder))
  return folder
}

/** The processes whose command or environment names the folder, where that can be seen. */
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
