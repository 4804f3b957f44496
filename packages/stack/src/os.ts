import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { onPath } from './on-path.js'

export { onPath }

/** Sends a signal to a process and its descendants, the parent first, so that it starts no more. */
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
 * When the process was born, or undefined if it is not there. A pid alone comes round again;
 * a pid with its birth names one process for ever.
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

let deathSignals: boolean | undefined

/** On Linux, has the kernel end the program when we die, even by SIGKILL. Elsewhere: as it is. */
export function withDeathSignal(
  command: string,
  args: readonly string[],
  signal: NodeJS.Signals,
): [string, readonly string[]] {
  const setpriv = process.platform === 'linux' ? onPath('setpriv') : undefined
  if (!setpriv) return [command, args]
  deathSignals ??= spawnSync(setpriv, ['--pdeathsig', 'keep', 'true']).status === 0
  if (!deathSignals) return [command, args]
  return [setpriv, ['--pdeathsig', signal.slice(3), '--', command, ...args]]
}
