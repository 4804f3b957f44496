import { linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Identity, identityOf, isAlive, readIdentity } from './identity.ts'

/**
 * Takes the lock of a folder until this process ends.
 *
 * The lock is the file with the highest number. The process that this file names holds the lock while it is alive. A process
 * takes a free lock by creating the file with the next number. Only one process can create that file. The last file is never
 * deleted, so no number is used twice, and a process with an outdated view of the folder cannot take the lock.
 * @returns the process that holds the lock; `undefined` if this process took it
 */
export function takeLock(folder: string): Identity | undefined {
  for (;;) {
    const held = highest(folder)
    const holder = readIdentity(join(folder, `${held}`))
    if (holder && isAlive(holder)) return holder
    if (claim(folder, held + 1)) return undefined
  }
}

function claim(folder: string, number: number): boolean {
  const path = join(folder, `${number}`)
  const draft = join(folder, `draft-${process.pid}`)
  writeFileSync(draft, JSON.stringify(identityOf(process.pid)))
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(draft)
  }
  const isHighest = highest(folder) === number
  const stale = isHighest ? numbers(folder).filter((other) => other < number) : [number]
  for (const other of stale) rmSync(join(folder, `${other}`), { force: true })
  return isHighest
}

const numbers = (folder: string): number[] => readdirSync(folder).map(Number).filter(Boolean)

const highest = (folder: string): number => Math.max(0, ...numbers(folder))
