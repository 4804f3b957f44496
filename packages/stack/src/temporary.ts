import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from './postgres-folder.ts'

/** Creates a temporary folder that every account can pass through, including the account of Postgres. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'visage-'))
  chmodSync(folder, 0o711)
  return folder
}

/** Removes a folder of servers, including Postgres data outside of it (see `reachableFolder`). */
export function removeServersFolder(folder: string): void {
  const postgres = join(folder, 'postgres')
  if (existsSync(postgres)) removeFolder(postgres)
  rmSync(folder, { recursive: true, force: true })
}
