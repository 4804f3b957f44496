import { linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Identity, identityOf, isAlive, readIdentity } from './identity.ts'

/**
 * Takes the lock of a folder until this process ends, or returns who holds it.
 *
 * The lock is the file with the highest number, held while the process that it names lives. To take
 * it over is to create the next number, which only one can. A number is never used again, as the
 * last file stays: hence nobody can mistake an old view of the folder for the present one.
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
  const ours = highest(folder) === number
  const stale = ours ? numbers(folder).filter((other) => other < number) : [number]
  for (const other of stale) rmSync(join(folder, `${other}`), { force: true })
  return ours
}

const numbers = (folder: string): number[] => readdirSync(folder).map(Number).filter(Boolean)

const highest = (folder: string): number => Math.max(0, ...numbers(folder))
