import { readFileSync, writeFileSync } from 'node:fs'

/** A process and all that descend from it; those that are gone are left out. Linux only. */
function tree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []
  return [pid, ...children.flatMap((child) => tree(Number(child)))]
}

/** The most memory that a process and its living descendants have ever held, each of them, added up: bytes. */
export function peakMemory(pid: number): number {
  return tree(pid).reduce((sum, each) => sum + statusBytes(each, 'VmHWM'), 0)
}

/** From now on, `peakMemory` speaks of what they hold from now on (proc(5), `clear_refs`). */
export function forgetPeak(pid: number): void {
  if (memoryIsKnown) for (const each of tree(pid)) writeFileSync(`/proc/${each}/clear_refs`, '5')
}

/** What they hold now, in bytes. */
export function memory(pid: number): number {
  return tree(pid).reduce((sum, each) => sum + statusBytes(each, 'VmRSS'), 0)
}

/** Whether this system tells what `peakMemory` asks for. */
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
