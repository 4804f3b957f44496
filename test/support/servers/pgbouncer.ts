import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, serverAccount } from '@visage/stack/account'
import { onPort } from '@visage/stack/ports'
import { launch, type Server } from '@visage/stack/process'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'

/** Number of server connections that all clients of one database share. */
const POOL_SIZE = 2

/** PgBouncer in front of a Postgres. */
export interface PgBouncer {
  /** Returns the URL with PgBouncer instead of the server. */
  through(url: string): string
  close(): Promise<void>
}

/**
 * Starts PgBouncer in transaction mode for every database of the server, with the user of `url` and default settings: it
 * ignores no connection parameter and resets nothing between two transactions.
 * @param program full path of PgBouncer
 */
export async function startPgBouncer(program: string, url: string): Promise<PgBouncer> {
  const dir = temporaryFolder()
  const account = serverAccount()
  const server = await onPort(undefined, (port) => serve(program, { dir, url, account, port }))
  return {
    through(direct) {
      const pooled = new URL(direct)
      pooled.port = `${server.port}`
      return pooled.href
    },
    async close() {
      await server.stop()
      removeServersFolder(dir)
    },
  }
}

interface Place {
  readonly dir: string
  readonly url: string
  readonly account: Account | undefined
  readonly port: number
}

async function serve(program: string, place: Place): Promise<Server> {
  const { dir, url, account, port } = place
  const { username, password } = new URL(url)
  const users = write(place, 'users', `"${username}" "${decodeURIComponent(password)}"\n`)
  const server = await launch({
    name: 'PgBouncer',
    command: program,
    args: [write(place, 'pgbouncer.ini', configuration(new URL(url), port, users))],
    account,
    cwd: dir,
    log: join(dir, 'log'),
    // SIGTERM would stop PgBouncer at once too, but with a failure exit code.
    stopSignal: 'SIGINT',
    stopSeconds: 5,
  })
  await server.ready(server.line(/process up/))
  return { ...server, port }
}

const configuration = ({ hostname, port }: URL, own: number, users: string) => `
[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
`

function write({ dir, account }: Place, name: string, text: string): string {
  const path = join(dir, name)
  writeFileSync(path, text, { mode: 0o600 })
  if (account) chownSync(path, account.uid, account.gid)
  return path
}
