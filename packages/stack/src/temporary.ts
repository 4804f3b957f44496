import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from './postgres-folder.ts'

/** A new folder that whomever Postgres runs as can pass through. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'visage-'))
  chmodSync(folder, 0o711)
  return folder
}

/** Removes a folder of servers, with what Postgres had to keep elsewhere. */
export function removeServersFolder(folder: string): void {
  const postgres = join(folder, 'postgres')
  if (existsSync(postgres)) removeFolder(postgres)
  rmSync(folder, { recursive: true, force: true })
}
