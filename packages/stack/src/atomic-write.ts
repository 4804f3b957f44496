import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file atomically. Only its owner can read it. */
export function writeAtomically(path: string, text: string): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}
