import { readFileSync } from 'node:fs'
import { birthOf } from './os.ts'

/** A process, told from any later one that gets its pid. */
export interface Identity {
  readonly pid: number
  readonly birth: string | undefined
}

export const identityOf = (pid: number): Identity => ({ pid, birth: birthOf(pid) })

export const isAlive = ({ pid, birth }: Identity): boolean =>
  birth !== undefined && birthOf(pid) === birth

/** What a file notes of a process, if it can be read. */
export function readIdentity<T extends Identity>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
