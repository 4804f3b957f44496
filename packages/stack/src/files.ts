import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file that only its owner reads, and that no reader finds half written. */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}
