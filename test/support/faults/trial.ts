import { type App, startApp } from '@visage/stack/app'
import { Client, tokenOf } from '../http/http.ts'
import { TcpProxy } from '../servers/tcp-proxy.ts'
import { logPath } from '../world/instances.ts'
import { type Environment, makeWorld, type World } from '../world/world.ts'
import { hookWorker } from './build-hooks.ts'
import { Gates } from './gates.ts'
import { keepHistory } from './history.ts'
import { type Expected, Ledger } from './ledger.ts'
import type { FaultServers } from './servers.ts'

/**
 * Short timers: each timed task runs during the test. The audit runs only on request, as a frequent audit would hide
 * a broken purge.
 */
const workerSettings = {
  SWEEP_AFTER: '2s',
  SWEEP_EVERY: '2s',
  PURGE_AFTER: '1s',
  PURGE_EVERY: '1s',
  JOB_LOCK: '3s',
  RENDERERS: '4',
  WORKER_CONCURRENCY: '4',
  KEEP_ORIGINALS: 'true',
}

export interface HookWorkerSettings {
  /** How its visits are signed. */
  readonly name?: string
  readonly concurrency?: number
  /** Renders only the first picture, whose variants then stand in for every other one's. */
  readonly renderOnce?: boolean
  readonly env?: Environment
}

export interface Supervised {
  readonly deaths: number
}

/** One run of one case: its world, its processes, its gates, and what its clients were told. */
export class Trial {
  readonly servers: FaultServers
  readonly world: World
  readonly gates: Gates
  readonly ledger = new Ledger()
  /** How many times the fault was made; shown in the table. */
  times = 1
  /** The moment from which recovery is counted, as `Date.now()`. */
  brokeAt = Date.now()
  front: Client | undefined
  readonly #apps: App[] = []
  readonly #proxies: TcpProxy[] = []
  #client: Client | undefined
  #closing = false
  #restarting: Promise<void> | undefined

  private constructor(servers: FaultServers, world: World, gates: Gates) {
    this.servers = servers
    this.world = world
    this.gates = gates
  }

  /** @param redis the settings that lead to another Redis than that of these servers */
  static async open(servers: FaultServers, redis?: Environment): Promise<Trial> {
    const { postgres, s3 } = servers
    const { endpoint, accessKey, secretKey, region } = s3.server
    const world = await makeWorld({
      databaseUrl: postgres.server.url,
      redis: redis ?? { REDIS_URL: servers.redis.server.url },
      s3: { endpoint, accessKey, secretKey, region },
    })
    await keepHistory(world.db)
    return new Trial(servers, world, await Gates.open())
  }

  /** What stands before the APIs, where something does; else the newest API of this trial. */
  get client(): Client {
    if (this.front) return this.front
    if (!this.#client) throw new Error('no API has been started')
    return this.#client
  }

  async startApi(env: Environment = {}): Promise<App> {
    const api = await this.world.startApiProcess(env)
    this.#client = new Client(api)
    return this.#own(api)
  }

  /** A worker as built, with short timers. */
  async startWorker(env: Environment = {}): Promise<App> {
    return this.#own(await this.world.startWorkerProcess({ ...workerSettings, ...env }))
  }

  /** A worker that asks `gates` for leave before, during and after every step. */
  async startHookWorker(settings: HookWorkerSettings = {}): Promise<App> {
    const { name = 'worker', concurrency = 4, renderOnce = false, env = {} } = settings
    const app = await startApp({
      name,
      entry: hookWorker,
      env: {
        ...process.env,
        LOG_FORMAT: 'json',
        ...this.world.env,
        ...workerSettings,
        RENDERERS: `${concurrency}`,
        WORKER_CONCURRENCY: `${concurrency}`,
        VISAGE_FAULT_CONTROL: `${this.gates.port}`,
        VISAGE_FAULT_NAME: name,
        VISAGE_FAULT_RENDER: renderOnce ? 'once' : 'each',
        ...env,
      },
      log: logPath(),
    })
    return this.#own(app)
  }

  /** The same, and another one whenever it dies, as a supervisor would see to. */
  async startSupervisedWorker(settings: HookWorkerSettings = {}): Promise<Supervised> {
    const supervised = { deaths: 0 }
    const start = async () => {
      const worker = await this.startHookWorker(settings)
      worker.exited.then(() => {
        if (this.#closing) return
        supervised.deaths++
        this.#restarting = start()
      })
    }
    await start()
    return supervised
  }

  /** A proxy in front of a server; `env` makes an app go through it. */
  async link(to: 'postgres' | 'redis' | 's3'): Promise<{ proxy: TcpProxy; env: Environment }> {
    const names = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', s3: 'S3_ENDPOINT' } as const
    const url = new URL(this.world.env[names[to]] ?? '')
    const proxy = await TcpProxy.open(Number(url.port))
    this.#proxies.push(proxy)
    url.port = `${proxy.port}`
    return { proxy, env: { [names[to]]: url.href.replace(/\/$/, '') } }
  }

  /** Counts recovery from now on. */
  broke(): void {
    this.brokeAt = Date.now()
  }

  /** @returns the upload's id  @throws where it is not accepted */
  async upload(
    user: string,
    picture: Buffer,
    expected: Expected = 'ready',
    headers = {},
  ): Promise<string> {
    const id = await this.client.upload(user, picture, headers)
    this.ledger.uploads.push({ user, id, expected })
    return id
  }

  /** The same where it may be refused or get no answer: undefined then. */
  tryUpload(user: string, picture: Buffer, expected?: Expected): Promise<string | undefined> {
    return this.upload(user, picture, expected).catch(() => undefined)
  }

  /** The user goes back to Gravatar. @throws where that is not accepted */
  async reset(user: string): Promise<void> {
    const sent = Date.now()
    const { json } = await this.client.put(tokenOf(user, { email: `${user}@visage.test` }))
    if (json.code !== 0) throw new Error(`not accepted: ${JSON.stringify(json)}`)
    this.ledger.resets.push({ user, sent })
  }

  /** Ends every process that was started, however it is. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#restarting
    await this.gates.close()
    for (const app of this.#apps) app.kill('SIGKILL')
    await Promise.all(this.#apps.map((app) => app.exited))
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
    await this.world.close()
  }

  #own(app: App): App {
    this.#apps.push(app)
    return app
  }
}
