import { chownSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, serverAccount } from './account.ts'
import { ensureDatabase } from './database.ts'
import { onPort } from './ports.ts'
import { reachableFolder } from './postgres-folder.ts'
import { type PostgresPrograms, postgresPrograms } from './postgres-programs.ts'
import { launch, type Server } from './process.ts'
import { readOrCreateSecret } from './secrets.ts'

export interface PostgresSettings {
  /** Folder for the data and the password, or a symbolic link to that folder. */
  readonly dir: string
  readonly port?: number | undefined
  readonly log?: string
  readonly pidFile?: string
  /** `false` disables `fsync`, for tests: faster, but a crash can lose data. */
  readonly durable?: boolean
  /** Called before a slow step (creating the cluster) with a description of it. */
  readonly notice?: (what: string) => void
}

export interface Postgres extends Server {
  /** URL of the database `visage`, with the password. */
  readonly url: string
}

const user = 'visage'
const NON_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Starts Postgres 18. Creates the cluster and the database `visage` if they do not exist. */
export async function startPostgres(settings: PostgresSettings): Promise<Postgres> {
  const account = serverAccount()
  const programs = postgresPrograms(account)
  const folder = reachableFolder(settings.dir, account)
  const context = { settings, account, programs, folder }
  await initialise(context)
  return onPort(settings.port, (port) => serve(context, port))
}

interface Context {
  readonly settings: PostgresSettings
  readonly account: Account | undefined
  readonly programs: PostgresPrograms
  readonly folder: string
}

/** Creates the cluster atomically: `data` exists only when it is complete, so an interrupted first start can be repeated. */
async function initialise({ settings, account, programs, folder }: Context): Promise<void> {
  const data = join(folder, 'data')
  if (existsSync(data)) return
  settings.notice?.('Creating the Postgres cluster')
  const unfinished = `${data}.new`
  rmSync(unfinished, { recursive: true, force: true })
  const initdb = await launch({
    name: 'initdb of Postgres',
    command: programs.initdb,
    args: [
      ...['-D', unfinished, '-U', user, '--pwfile', passwordFile(folder, account)],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
      ...(settings.durable === false ? ['--no-sync'] : []),
    ],
    cwd: folder,
    account,
    log: logOf(settings),
  })
  await initdb.finished()
  renameSync(unfinished, data)
}

async function serve(context: Context, port: number): Promise<Postgres> {
  const { settings, account, programs, folder } = context
  const options = [
    ...['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='],
    ...(settings.durable === false ? NON_DURABLE : []),
  ]
  const server = await launch({
    name: 'Postgres 18',
    command: programs.postgres,
    args: ['-D', join(folder, 'data'), ...options.flatMap((option) => ['-c', option])],
    cwd: folder,
    account,
    log: logOf(settings),
    pidFile: settings.pidFile,
    // Fast shutdown: on SIGTERM, Postgres waits until all clients have disconnected.
    stopSignal: 'SIGINT',
  })
  const password = readFileSync(join(folder, 'password'), 'utf8')
  const url = `postgres://${user}:${password}@127.0.0.1:${port}/visage`
  const accepting = server.line(/database system is ready to accept connections/)
  await server.ready(accepting.then(() => ensureDatabase(url)))
  return { ...server, port, url }
}

function passwordFile(folder: string, account: Account | undefined): string {
  const path = join(folder, 'password')
  readOrCreateSecret(path)
  if (account) chownSync(path, account.uid, account.gid)
  return path
}

const logOf = ({ dir, log }: PostgresSettings): string => log ?? `${dir}.log`
