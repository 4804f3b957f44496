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
import { sharedPlace } from './postgres-programs.ts'

/**
 * The folder for the data of Postgres: `dir` itself, or, where the account cannot reach that (it
 * lies under a home of mode 0700, say), a place under /var/lib that `dir` becomes a link to.
 */
export function reachableFolder(dir: string, account: Account | undefined): string {
  assertNotDangling(dir)
  mkdirSync(dirname(dir), { recursive: true })
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const folder = realpathSync(dir)
  if (!account) return folder
  chownSync(folder, account.uid, account.gid)
  return canEnter(account, folder) ? folder : moveWithinReach(dir)
}

function assertNotDangling(dir: string): void {
  const isLink = lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink()
  if (!isLink || existsSync(dir)) return
  throw new StackError(
    `The data of Postgres was in ${readlinkSync(dir)}, which is gone: remove ${dir} to start without it.`,
  )
}

/** Removes the folder, and the place that it may be a link to. */
export function removeFolder(dir: string): void {
  rmSync(realpathSync(dir), { recursive: true, force: true })
  rmSync(dir, { recursive: true, force: true })
}

/**
 * What `dir` holds goes along. A place that is there already belonged to a folder since removed;
 * the last such is kept aside, as it may have been removed by mistake.
 */
function moveWithinReach(dir: string): string {
  const path = join(realpathSync(dirname(dir)), basename(dir))
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  const place = join(sharedPlace, `data-${name}`)
  mkdirSync(sharedPlace, { recursive: true, mode: 0o755 })
  if (existsSync(place)) {
    rmSync(`${place}.previous`, { recursive: true, force: true })
    move(place, `${place}.previous`)
  }
  move(path, place)
  symlinkSync(place, path)
  return place
}

/** By `mv`, which moves to another file system as well, and keeps the owner. */
function move(from: string, to: string): void {
  const { status, stderr } = spawnSync('mv', [from, to], { encoding: 'utf8' })
  if (status !== 0) throw new StackError(`${from} could not be moved to ${to}: ${stderr.trim()}`)
}
