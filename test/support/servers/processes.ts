import { readFileSync, writeFileSync } from 'node:fs'

/** Returns a process and its living descendants. Linux only. */
function tree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []
  return [pid, ...children.flatMap((child) => tree(Number(child)))]
}

/** Returns the sum of the peak memory of a process and of its living descendants in bytes. */
export function peakMemory(pid: number): number {
  return tree(pid).reduce((sum, each) => sum + statusBytes(each, 'VmHWM'), 0)
}

/** Resets the peaks that `peakMemory` reads (proc(5), `clear_refs`). */
export function forgetPeak(pid: number): void {
  if (memoryIsKnown) for (const each of tree(pid)) writeFileSync(`/proc/${each}/clear_refs`, '5')
}

/** Returns their current memory in bytes. */
export function memory(pid: number): number {
  return tree(pid).reduce((sum, each) => sum + statusBytes(each, 'VmRSS'), 0)
}

/** Whether this system supports `peakMemory`. */
export const memoryIsKnown = process.platform === 'linux'

function statusBytes(pid: number, name: string): number {
  const [, kib = 0] =
    new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(read(`/proc/${pid}/status`)) ?? []
  return Number(kib) * 1024
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
