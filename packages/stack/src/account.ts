import { spawnSync } from 'node:child_process'
import { StackError } from './error.ts'
import { onPath } from './os.ts'

/** A user account of the operating system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

const OWN_ACCOUNT = 'visage-postgres'

/**
 * The account that Postgres runs as. An ordinary user runs Postgres without a change of account: `undefined`. Postgres
 * refuses to run as root, so root uses the system account `postgres`, or else `visage-postgres`, which is created on first use.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const account = lookUp('postgres') ?? lookUp(OWN_ACCOUNT) ?? create()
  if (account) return account
  throw new StackError(
    'Postgres refuses to run as root, and no account could be created for it. Start as an ordinary user, or create a user named postgres.',
  )
}

function lookUp(user: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, user], { encoding: 'utf8' }))
  if (uid?.status !== 0 || gid?.status !== 0) return undefined
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

function create(): Account | undefined {
  const useradd = onPath('useradd')
  if (useradd) spawnSync(useradd, ['--system', '--user-group', '--no-create-home', OWN_ACCOUNT])
  return lookUp(OWN_ACCOUNT)
}

/** Whether the account can run the command. Runs it, because file modes alone do not decide this. */
export function canRun(account: Account | undefined, command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { ...account, cwd: '/', stdio: 'ignore' }).status === 0
}

/** Whether the account can enter the folder. */
export const canEnter = (account: Account, folder: string): boolean =>
  canRun(account, '/bin/sh', '-c', 'cd "$1"', 'sh', folder)
