import { join } from 'node:path'
import { startPostgres } from '@visage/stack/postgres'
import type { Server } from '@visage/stack/process'
import { startRedis } from '@visage/stack/redis'
import { startS3 } from '@visage/stack/s3'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'

/** Server that a test can kill, freeze and start again with the same port and data. */
export class RestartableServer<S extends Server = Server> {
  readonly port: number
  readonly #start: (port?: number) => Promise<S>
  #server: S
  #isStopped = false

  private constructor(server: S, start: (port?: number) => Promise<S>) {
    this.#server = server
    this.#start = start
    this.port = server.port
  }

  static async open<S extends Server>(
    start: (port?: number) => Promise<S>,
  ): Promise<RestartableServer<S>> {
    return new RestartableServer(await start(), start)
  }

  get server(): S {
    return this.#server
  }

  /** Sends SIGKILL. Resolves when the process has exited. */
  async kill(): Promise<void> {
    this.#isStopped = true
    this.#server.kill('SIGKILL')
    await this.#server.exited
  }

  /** Stops the server cleanly. Resolves when the process has exited. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#server.stop()
  }

  /** Starts the server again after `kill` or `stop`. */
  async start(): Promise<void> {
    this.#server = await this.#start(this.port)
    this.#isStopped = false
  }

  /** Sends SIGSTOP: connections stay open without answers. */
  freeze(): void {
    this.#server.kill('SIGSTOP')
  }

  thaw(): void {
    this.#server.kill('SIGCONT')
  }

  /** Makes the server run again after anything that a test did to it. */
  async restore(): Promise<void> {
    this.thaw()
    if (this.#isStopped) await this.start()
  }
}

/** Postgres, Redis and S3 of one test file, in a folder of its own. */
export class FaultServers {
  readonly #dir: string
  readonly postgres
  readonly redis
  readonly s3

  private constructor(
    dir: string,
    [postgres, redis, s3]: Awaited<ReturnType<typeof startServers>>,
  ) {
    this.#dir = dir
    this.postgres = postgres
    this.redis = redis
    this.s3 = s3
  }

  static async open(): Promise<FaultServers> {
    const dir = temporaryFolder()
    return new FaultServers(dir, await startServers(dir))
  }

  async restore(): Promise<void> {
    await Promise.all([this.postgres.restore(), this.redis.restore(), this.s3.restore()])
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.redis.stop(), this.s3.stop()])
    removeServersFolder(this.#dir)
  }
}

/** Starts the three servers. Postgres is durable: without fsync a kill would lose commits. */
function startServers(dir: string) {
  return Promise.all([
    RestartableServer.open((port) => startPostgres({ dir: join(dir, 'postgres'), port })),
    RestartableServer.open((port) => startRedis({ dir: join(dir, 'redis'), port })),
    RestartableServer.open((port) => startS3({ dir: join(dir, 's3'), port })),
  ])
}
