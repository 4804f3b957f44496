import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { onPath } from './on-path.js'

export { onPath }

/** Sends a signal to a process and its descendants. The parent gets it first, so that it starts no more children. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  const children = childrenOf(pid)
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  for (const child of children) signalTree(child, signal)
}

export function childrenOf(pid: number): number[] {
  try {
    return numbers(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'))
  } catch {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
    const rows = (stdout ?? '').split('\n').map(numbers)
    return rows.flatMap(([parent, child]) => (parent === pid && child ? [child] : []))
  }
}

const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)

/**
 * Start time of the process; `undefined` if it does not exist. The operating system reuses pids. A pid together with the
 * start time is unique.
 */
export function birthOf(pid: number): string | undefined {
  if (process.platform === 'linux') return birthOnLinux(pid)
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' })
  return stdout?.trim() || undefined
}

function birthOnLinux(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : `${boot}/${rest[18]}`
  } catch {
    return undefined
  }
}

let supportsDeathSignal: boolean | undefined

/**
 * On Linux, wraps the command so that the kernel sends `signal` to the program when this process ends, even by SIGKILL. On
 * other systems, and without a `setpriv` that supports this, returns the command unchanged.
 */
export function withDeathSignal(
  command: string,
  args: readonly string[],
  signal: NodeJS.Signals,
): [string, readonly string[]] {
  const setpriv = process.platform === 'linux' ? onPath('setpriv') : undefined
  if (!setpriv) return [command, args]
  supportsDeathSignal ??= spawnSync(setpriv, ['--pdeathsig', 'keep', 'true']).status === 0
  if (!supportsDeathSignal) return [command, args]
  return [setpriv, ['--pdeathsig', signal.slice(3), '--', command, ...args]]
}
