import { readFileSync } from 'node:fs'
import { childrenOf } from '@visage/stack/os'

/** What Linux counts CPU time in, a second: `getconf CLK_TCK` is 100 wherever Node runs. */
const TICKS = 100

/** CPU seconds, user and system, of a process and its living descendants so far. Linux only (proc(5), `stat`). */
export function cpuSeconds(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, one) => sum + ownSeconds(one), 0)
}

/** None of one that has just ended. */
function ownSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  } catch {
    return 0
  }
}
