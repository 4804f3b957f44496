import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from './atomic-write.ts'
import { StackError } from './error.ts'
import { stopLeftovers } from './leftovers.ts'
import { takeLock } from './lock.ts'
import { isFree } from './ports.ts'
import type { Server } from './process.ts'

/** Paths and port of a server, from its data folder. */
export interface ServerLocation {
  readonly dir: string
  readonly log: string
  readonly pidFile: string
  /** Port of the previous start, so that addresses do not change. `undefined` if that port is in use. */
  readonly port: number | undefined
}

/** DATA_DIR. This process holds its lock until it exits. */
export interface DataFolder {
  readonly jwtSecretFile: string
  readonly stackFile: string
  locate(server: string): Promise<ServerLocation>
  pidFile(app: string): string
  /** Stores the ports of these servers for the next start. */
  savePorts(servers: Readonly<Record<string, Server | undefined>>): void
}

/** Path of the file with the secret that signs the tokens. */
export const jwtSecretFile = (dataDir: string): string => join(dataDir, 'jwt-secret')

/** Creates the folder, takes its lock, and stops processes that a killed launcher left running. */
export async function openFolder(path: string): Promise<DataFolder> {
  const [locks, run, logs] = [join(path, 'lock'), join(path, 'run'), join(path, 'logs')]
  const holder = translateWriteErrors(path, () => {
    for (const folder of [path, locks, run, logs]) mkdirSync(folder, { recursive: true })
    return takeLock(locks)
  })
  if (holder) throw new StackError(`Visage already runs in ${path} (process ${holder.pid}).`)
  await stopLeftovers(run)
  const portsFile = join(path, 'ports.json')
  const ports = readPorts(portsFile)
  const pidFile = (name: string) => join(run, `${name}.json`)
  return {
    jwtSecretFile: jwtSecretFile(path),
    stackFile: join(path, 'stack.json'),
    pidFile,
    locate: async (server) => ({
      dir: join(path, server),
      log: join(logs, `${server}.log`),
      pidFile: pidFile(server),
      port: await ifFree(ports[server]),
    }),
    savePorts: (servers) => {
      for (const [name, server] of Object.entries(servers)) if (server) ports[name] = server.port
      writeAtomically(portsFile, JSON.stringify(ports))
    },
  }
}

function translateWriteErrors<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StackError(`Cannot write to ${path} (${code}). Set DATA_DIR to a writable folder.`)
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
