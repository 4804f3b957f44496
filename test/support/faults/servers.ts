import { join } from 'node:path'
import { startPostgres } from '@visage/stack/postgres'
import type { Server } from '@visage/stack/process'
import { startRedis } from '@visage/stack/redis'
import { startS3 } from '@visage/stack/s3'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'

/** A server that a test may kill, freeze and start again, on its port and with its data. */
export class Part<S extends Server = Server> {
  readonly port: number
  readonly #start: (port?: number) => Promise<S>
  #server: S
  #away = false

  private constructor(server: S, start: (port?: number) => Promise<S>) {
    this.#server = server
    this.#start = start
    this.port = server.port
  }

  static async open<S extends Server>(start: (port?: number) => Promise<S>): Promise<Part<S>> {
    return new Part(await start(), start)
  }

  get server(): S {
    return this.#server
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#away = true
    this.#server.kill('SIGKILL')
    await this.#server.exited
  }

  /** An orderly end; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#away = true
    await this.#server.stop()
  }

  /** Brings it back after `kill` or `stop`. */
  async start(): Promise<void> {
    this.#server = await this.#start(this.port)
    this.#away = false
  }

  /** SIGSTOP: connections stay, and nobody answers. */
  freeze(): void {
    this.#server.kill('SIGSTOP')
  }

  thaw(): void {
    this.#server.kill('SIGCONT')
  }

  /** Whatever a test has done to it: runs again. */
  async restore(): Promise<void> {
    this.thaw()
    if (this.#away) await this.start()
  }
}

/** A Postgres, a Redis and an S3 of a test file's own, in a folder of its own. */
export class FaultServers {
  readonly #dir: string
  readonly postgres
  readonly redis
  readonly s3

  private constructor(dir: string, [postgres, redis, s3]: Awaited<ReturnType<typeof openParts>>) {
    this.#dir = dir
    this.postgres = postgres
    this.redis = redis
    this.s3 = s3
  }

  static async open(): Promise<FaultServers> {
    const dir = temporaryFolder()
    return new FaultServers(dir, await openParts(dir))
  }

  async restore(): Promise<void> {
    await Promise.all([this.postgres.restore(), this.redis.restore(), this.s3.restore()])
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.redis.stop(), this.s3.stop()])
    removeServersFolder(this.#dir)
  }
}

/** Postgres is a durable one: careless about the disk, it would forget commits when killed. */
function openParts(dir: string) {
  return Promise.all([
    Part.open((port) => startPostgres({ dir: join(dir, 'postgres'), port })),
    Part.open((port) => startRedis({ dir: join(dir, 'redis'), port })),
    Part.open((port) => startS3({ dir: join(dir, 's3'), port })),
  ])
}
