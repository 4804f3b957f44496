import { chownSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, serverAccount } from './account.ts'
import { ensureDatabase } from './database.ts'
import { onPort } from './ports.ts'
import { reachableFolder } from './postgres-folder.ts'
import { type PostgresPrograms, postgresPrograms } from './postgres-programs.ts'
import { launch, type Server } from './process.ts'
import { keptSecret } from './secrets.ts'

export interface PostgresSettings {
  /** Its folder: data and password stay here, or in the place that a link here names. */
  readonly dir: string
  readonly port?: number | undefined
  readonly log?: string
  readonly pidFile?: string
  /** `false` trades the safety of the data for speed: for tests. */
  readonly durable?: boolean
  /** Told what is being done when that takes long: making the cluster. */
  readonly notice?: (what: string) => void
}

export interface Postgres extends Server {
  /** Of the database `visage`, with the password. */
  readonly url: string
}

const user = 'visage'
const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Starts Postgres 18, making the cluster and the database `visage` if they are not there. */
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

/** `data` appears whole or not at all, so that an interrupted first start is simply done again. */
async function initialise({ settings, account, programs, folder }: Context): Promise<void> {
  const data = join(folder, 'data')
  if (existsSync(data)) return
  settings.notice?.('Making a new Postgres')
  const unfinished = `${data}.new`
  rmSync(unfinished, { recursive: true, force: true })
  const made = await launch({
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
  await made.finished()
  renameSync(unfinished, data)
}

async function serve(context: Context, port: number): Promise<Postgres> {
  const { settings, account, programs, folder } = context
  const options = [
    ...['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='],
    ...(settings.durable === false ? careless : []),
  ]
  const server = await launch({
    name: 'Postgres 18',
    command: programs.postgres,
    args: ['-D', join(folder, 'data'), ...options.flatMap((option) => ['-c', option])],
    cwd: folder,
    account,
    log: logOf(settings),
    pidFile: settings.pidFile,
    // A fast shutdown: SIGTERM would wait until every client has left of its own accord.
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
  keptSecret(path)
  if (account) chownSync(path, account.uid, account.gid)
  return path
}

const logOf = ({ dir, log }: PostgresSettings): string => log ?? `${dir}.log`
