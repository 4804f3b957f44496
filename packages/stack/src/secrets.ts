import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The secret that the file keeps, made if there is none. It appears whole or not at all, and of two
 * processes that make it at once both get the first one's.
 */
export function keptSecret(path: string, bytes = 32): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!is(error, 'ENOENT')) throw error
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, randomBytes(bytes).toString('base64url'), { mode: 0o600 })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!is(error, 'EEXIST')) throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(path, 'utf8')
}

const is = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code
