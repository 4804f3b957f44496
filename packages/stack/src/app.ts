import { launch, type Server } from './process.ts'

export interface AppSettings {
  /** As a person reads it in a message: `API`, `worker 1`. */
  readonly name: string
  /** The built main file. */
  readonly entry: string
  readonly env: NodeJS.ProcessEnv
  /** The file that takes its output. Absent: the output is ours. */
  readonly log?: string
  readonly pidFile?: string
  readonly nodeArgs?: readonly string[]
}

export interface App extends Server {
  /** Where it listens: a worker has only the ops port. */
  readonly ports: { readonly http?: number; readonly ops: number }
}

interface Ready {
  readonly type: 'ready'
  readonly ports: App['ports']
}

/**
 * Starts the API or a worker and waits for its message `{ type: 'ready', ports }`. The app stops on
 * SIGTERM and when the channel to us closes, so it never outlives us.
 */
export async function startApp(settings: AppSettings): Promise<App> {
  const { name, entry, env, log, pidFile, nodeArgs = [] } = settings
  const app = await launch({
    name,
    command: process.execPath,
    args: [...nodeArgs, entry],
    env,
    log,
    pidFile,
    ipc: true,
    app: true,
    // More than the apps give themselves (STOP_TIMEOUT).
    stopSeconds: 30,
  })
  const { ports } = (await app.ready(app.message())) as Ready
  return { ...app, ports, port: ports.http ?? ports.ops }
}
