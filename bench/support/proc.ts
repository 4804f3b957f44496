import { readFileSync } from 'node:fs'
import { childrenOf } from '@visage/stack/os'

/** Clock ticks per second (`getconf CLK_TCK`). It is 100 on all Linux platforms that Node supports. */
const TICKS = 100

/** CPU seconds (user and system) of a process and its running descendants. Linux only (proc(5), `stat`). */
export function cpuSeconds(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, one) => sum + ownSeconds(one), 0)
}

/** CPU seconds of one process; 0 if it has exited. */
function ownSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  } catch {
    return 0
  }
}
