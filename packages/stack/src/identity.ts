import { readFileSync } from 'node:fs'
import { birthOf } from './os.ts'

/** Identifies a process even after another process gets the same pid. */
export interface Identity {
  readonly pid: number
  /** Start time (see `birthOf`). Lock files and pid files contain this field, so its name must not change. */
  readonly birth: string | undefined
}

export const identityOf = (pid: number): Identity => ({ pid, birth: birthOf(pid) })

export const isAlive = ({ pid, birth }: Identity): boolean =>
  birth !== undefined && birthOf(pid) === birth

/** The identity that a file holds. `undefined` if the file is missing or invalid. */
export function readIdentity<T extends Identity>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
