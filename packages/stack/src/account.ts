import { spawnSync } from 'node:child_process'
import { StackError } from './error.ts'
import { onPath } from './os.ts'

/** A user of the system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

const ours = 'visage-postgres'

/**
 * Whom Postgres runs as: nobody else for an ordinary user; for root, as whom it refuses to run, the
 * system's `postgres`, or an account of ours that is made when first needed.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const account = lookUp('postgres') ?? lookUp(ours) ?? create()
  if (account) return account
  throw new StackError(
    'Postgres refuses to run as root and no account could be made for it: start as an ordinary user, or create a user named postgres.',
  )
}

function lookUp(user: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, user], { encoding: 'utf8' }))
  if (uid?.status !== 0 || gid?.status !== 0) return undefined
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

function create(): Account | undefined {
  const useradd = onPath('useradd')
  if (useradd) spawnSync(useradd, ['--system', '--user-group', '--no-create-home', ours])
  return lookUp(ours)
}

/** Whether the account can run the command: tried, as no look at modes tells for sure. */
export function canRun(account: Account | undefined, command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { ...account, cwd: '/', stdio: 'ignore' }).status === 0
}

/** Whether the account can use the folder. */
export const canEnter = (account: Account, folder: string): boolean =>
  canRun(account, '/bin/sh', '-c', 'cd "$1"', 'sh', folder)
