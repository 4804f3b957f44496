import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './error.ts'
import { writeWhole } from './files.ts'
import { endLeftovers } from './leftovers.ts'
import { takeLock } from './lock.ts'
import { isFree } from './ports.ts'
import type { Server } from './process.ts'

/** The settings that a server takes from the folder it lives in. */
export interface Place {
  readonly dir: string
  readonly log: string
  readonly pidFile: string
  /** The port that it had the last time, so that addresses stay; none if that is taken. */
  readonly port: number | undefined
}

/** DATA_DIR: ours alone while this process lives. */
export interface DataFolder {
  readonly jwtSecretFile: string
  readonly stackFile: string
  place(server: string): Promise<Place>
  pidFile(app: string): string
  /** Remembers where these servers listen. */
  keepPorts(servers: Readonly<Record<string, Server | undefined>>): void
}

/** Where the secret that signs the tokens is kept. */
export const jwtSecretFile = (dataDir: string): string => join(dataDir, 'jwt-secret')

/** Makes the folder, takes its lock, and ends what a launcher that was killed has left running. */
export async function openFolder(path: string): Promise<DataFolder> {
  const [locks, run, logs] = [join(path, 'lock'), join(path, 'run'), join(path, 'logs')]
  const holder = writing(path, () => {
    for (const folder of [path, locks, run, logs]) mkdirSync(folder, { recursive: true })
    return takeLock(locks)
  })
  if (holder) throw new StackError(`Visage already runs in ${path}, as process ${holder.pid}.`)
  await endLeftovers(run)
  const portsFile = join(path, 'ports.json')
  const ports = readPorts(portsFile)
  const pidFile = (name: string) => join(run, `${name}.json`)
  return {
    jwtSecretFile: jwtSecretFile(path),
    stackFile: join(path, 'stack.json'),
    pidFile,
    place: async (server) => ({
      dir: join(path, server),
      log: join(logs, `${server}.log`),
      pidFile: pidFile(server),
      port: await ifFree(ports[server]),
    }),
    keepPorts: (servers) => {
      for (const [name, server] of Object.entries(servers)) if (server) ports[name] = server.port
      writeWhole(portsFile, JSON.stringify(ports))
    },
  }
}

function writing<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code
    throw new StackError(`The folder ${path} cannot be written (${why}): set DATA_DIR to another.`)
  }
}

function readPorts(path: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}

const ifFree = async (port: number | undefined): Promise<number | undefined> =>
  port && (await isFree(port)) ? port : undefined
