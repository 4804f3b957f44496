import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const mapsOf = (pid: number | 'self') => readFileSync(`/proc/${pid}/maps`, 'utf8')
const isMapped = (maps: string) => /\/libjemalloc\.so\.2$/m.test(maps)

/** Whether the loader of this machine finds the libraries of the images. */
export function machineHasJemalloc(): boolean {
  if (process.platform !== 'linux') return false
  const env = { ...process.env, LD_PRELOAD: 'libjemalloc.so.2' }
  const maps = execFileSync('cat', ['/proc/self/maps'], { env, encoding: 'utf8', stdio: 'pipe' })
  return isMapped(maps)
}

/** Returns whether a process and each of its children use jemalloc, by PID. */
export function jemallocIn(pid: number): boolean[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const pids = [pid, ...children.split(' ').filter(Boolean).map(Number)]
  return pids.map((one) => isMapped(mapsOf(one)))
}
