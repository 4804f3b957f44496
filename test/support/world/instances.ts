import { openSync, writeSync } from 'node:fs'
import type { RunningProcess } from '@visage/shared/lifecycle/run-process'
import { type App, startApp } from '@visage/stack/app'

const root = new URL('../../../', import.meta.url)
const built = (path: string) => new URL(path, root)
const mains = {
  api: built('apps/api/dist/main.js').pathname,
  worker: built('apps/worker/dist/main.js').pathname,
}

export type Environment = Readonly<Record<string, string>>

/** Running API or worker, in this process or in its own. */
export type Instance = Pick<App, 'port' | 'ports' | 'stop'>

/** Starts APIs and workers on one environment, and stops them together. */
export class Instances {
  readonly #env: Environment
  readonly #running: Instance[] = []

  constructor(env: Environment) {
    this.#env = env
  }

  /** Starts an API from source in this process: `more` is added to the environment. */
  async startApi(more: Environment = {}): Promise<Instance> {
    const [{ startApi }, { readConfig }] = await Promise.all([
      import('../../../apps/api/src/api.ts'),
      import('../../../apps/api/src/config.ts'),
    ])
    const config = readConfig({ ...this.#env, ...more })
    return this.#keep(instanceOf(await startApi(config, { logTo: logFile() })))
  }

  /** Starts a worker from source in this process. Its render processes run what is built. */
  async startWorker(more: Environment = {}): Promise<Instance> {
    const [{ startWorker }, { readConfig }] = await Promise.all([
      import('../../../apps/worker/src/worker.ts'),
      import('../../../apps/worker/src/config.ts'),
    ])
    const config = readConfig({ ...this.#env, ...more })
    const renderer = built('apps/worker/dist/renderer/main.js')
    return this.#keep(instanceOf(await startWorker(config, { renderer, logTo: logFile() })))
  }

  /** Starts the built program in a process of its own, which a test may signal, freeze and measure. */
  async startProcess(app: 'api' | 'worker', more: Environment = {}): Promise<App> {
    const env = { ...process.env, LOG_FORMAT: 'json', ...this.#env, ...more }
    return this.#keep(await startApp({ name: app, entry: mains[app], env, log: logPath() }))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((instance) => instance.stop()))
  }

  #keep<I extends Instance>(instance: I): I {
    this.#running.push(instance)
    return instance
  }
}

let logs = 0

/** Returns the log file of one app, which `recordLog` reads. Two apps in one file would interleave their lines. */
export function logPath(): string {
  const path = process.env.VISAGE_TEST_LOG
  return path ? `${path}.${++logs}` : '/dev/null'
}

/** Descriptor that stays open as long as this process: an app may log after its file was removed. */
function logFile() {
  const file = openSync(logPath(), 'a')
  return { write: (line: string) => writeSync(file, line) }
}

function instanceOf({ ports, stop }: RunningProcess): Instance {
  const { http, ops = 0 } = ports
  return { port: http ?? ops, ports: { ops, ...(http === undefined ? {} : { http }) }, stop }
}
