import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Account, canEnter } from './account.ts'
import { StackError } from './error.ts'
import { sharedFolder } from './postgres-programs.ts'

/**
 * The folder for the data of Postgres. If the account cannot reach `dir` (for example below a home of mode 0700), the data
 * moves to a folder below /var/lib/visage, and `dir` becomes a symbolic link to it.
 */
export function reachableFolder(dir: string, account: Account | undefined): string {
  assertNotDangling(dir)
  mkdirSync(dirname(dir), { recursive: true })
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const folder = realpathSync(dir)
  if (!account) return folder
  chownSync(folder, account.uid, account.gid)
  return canEnter(account, folder) ? folder : moveToSharedFolder(dir)
}

function assertNotDangling(dir: string): void {
  const isLink = lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink()
  if (!isLink || existsSync(dir)) return
  throw new StackError(
    `${dir} links to the Postgres data in ${readlinkSync(dir)}, which does not exist. Restore it, or remove ${dir} to start with an empty database.`,
  )
}

/** Removes the folder. If it is a link, removes the target too. */
export function removeFolder(dir: string): void {
  rmSync(realpathSync(dir), { recursive: true, force: true })
  rmSync(dir, { recursive: true, force: true })
}

/**
 * Moves `dir` with its content. If the target exists, it belongs to an earlier `dir` that was removed. It becomes
 * `*.previous`, because that removal may have been a mistake.
 */
function moveToSharedFolder(dir: string): string {
  const path = join(realpathSync(dirname(dir)), basename(dir))
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  const target = join(sharedFolder, `data-${name}`)
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 })
  if (existsSync(target)) {
    rmSync(`${target}.previous`, { recursive: true, force: true })
    move(target, `${target}.previous`)
  }
  move(path, target)
  symlinkSync(target, path)
  return target
}

/** Uses `mv`, which can move to another file system and preserves the owner. */
function move(from: string, to: string): void {
  const { status, stderr } = spawnSync('mv', [from, to], { encoding: 'utf8' })
  if (status !== 0) throw new StackError(`Could not move ${from} to ${to}: ${stderr.trim()}`)
}
