import { type App, startApp } from '@visage/stack/app'
import { Client, tokenOf } from '../http/http.ts'
import { TcpProxy } from '../servers/tcp-proxy.ts'
import { logPath } from '../world/instances.ts'
import { type Environment, makeWorld, type World } from '../world/world.ts'
import { hookWorker } from './build-hooks.ts'
import { Gates } from './gates.ts'
import { recordHistory } from './history.ts'
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
  /** Name of the worker in its visits. */
  readonly name?: string
  readonly concurrency?: number
  /** Whether to render only the first picture and use its variants for every upload. */
  readonly renderOnce?: boolean
  readonly env?: Environment
}

export interface Supervised {
  readonly deaths: number
}

/** One run of one case: its world, processes, gates, and the ledger of accepted changes. */
export class Trial {
  readonly servers: FaultServers
  readonly world: World
  readonly gates: Gates
  readonly ledger = new Ledger()
  /** Number of times that the case caused the fault, for the table. */
  times = 1
  /** Start of the recovery, as `Date.now()`. */
  recoveryStart = Date.now()
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

  /** @param redis settings of another Redis. Default: the Redis of these servers */
  static async open(servers: FaultServers, redis?: Environment): Promise<Trial> {
    const { postgres, s3 } = servers
    const { endpoint, accessKey, secretKey, region } = s3.server
    const world = await makeWorld({
      databaseUrl: postgres.server.url,
      redis: redis ?? { REDIS_URL: servers.redis.server.url },
      s3: { endpoint, accessKey, secretKey, region },
    })
    await recordHistory(world.db)
    return new Trial(servers, world, await Gates.open())
  }

  /** Client of the load balancer if there is one, else of the newest API of this trial. */
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

  /** Starts a built worker with short timers. */
  async startWorker(env: Environment = {}): Promise<App> {
    return this.#own(await this.world.startWorkerProcess({ ...workerSettings, ...env }))
  }

  /** Starts a worker that visits `gates` before, during and after every step. */
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

  /** Starts a hook worker and replaces it whenever it exits, as a supervisor does. */
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

  /** Opens a proxy in front of a server. `env` makes an app connect through it. */
  async link(to: 'postgres' | 'redis' | 's3'): Promise<{ proxy: TcpProxy; env: Environment }> {
    const names = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', s3: 'S3_ENDPOINT' } as const
    const url = new URL(this.world.env[names[to]] ?? '')
    const proxy = await TcpProxy.open(Number(url.port))
    this.#proxies.push(proxy)
    url.port = `${proxy.port}`
    return { proxy, env: { [names[to]]: url.href.replace(/\/$/, '') } }
  }

  /** Measures the recovery from now on. */
  startRecovery(): void {
    this.recoveryStart = Date.now()
  }

  /** @returns the ID of the upload  @throws if it is not accepted */
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

  /** Like `upload`, but returns undefined if the upload is refused or gets no answer. */
  tryUpload(user: string, picture: Buffer, expected?: Expected): Promise<string | undefined> {
    return this.upload(user, picture, expected).catch(() => undefined)
  }

  /** Resets the user to Gravatar. @throws if the reset is not accepted */
  async reset(user: string): Promise<void> {
    const sent = Date.now()
    const { json } = await this.client.put(tokenOf(user, { email: `${user}@visage.test` }))
    if (json.code !== 0) throw new Error(`not accepted: ${JSON.stringify(json)}`)
    this.ledger.resets.push({ user, sent })
  }

  /** Kills every process of the trial and closes its gates, proxies and world. */
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
