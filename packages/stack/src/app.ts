import { launch, type Server } from './process.ts'

export interface AppSettings {
  /** Name for messages: `API`, `worker 1`. */
  readonly name: string
  /** Path of the built main file. */
  readonly entry: string
  readonly env: NodeJS.ProcessEnv
  /** Log file for the output. Without it, the app writes to the output of this process. */
  readonly log?: string
  readonly pidFile?: string
  readonly nodeArgs?: readonly string[]
}

export interface App extends Server {
  /** Ports that the app listens on. A worker has only the ops port. */
  readonly ports: { readonly http?: number; readonly ops: number }
}

interface Ready {
  readonly type: 'ready'
  readonly ports: App['ports']
}

/**
 * Starts the API or a worker and waits for its message `{ type: 'ready', ports }`. The app stops on
 * SIGTERM and when its IPC channel closes, so it never outlives this process.
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
    // Longer than the default STOP_TIMEOUT of the apps.
    stopSeconds: 30,
  })
  const { ports } = (await app.ready(app.message())) as Ready
  return { ...app, ports, port: ports.http ?? ports.ops }
}
