import { join } from 'node:path'
import { type App, startApp } from './app.ts'
import { appPorts, type StackConfig, workerPort } from './config.ts'
import { StackError } from './error.ts'
import { isFree } from './ports.ts'
import type { StackContext } from './stack-context.ts'
import type { StackFile } from './stack-file.ts'
import { provideDatabase, provideQueue, provideStore } from './stack-servers.ts'

/** Starts the servers that are not external. Then starts the API and the workers. */
export async function startStack(context: StackContext): Promise<StackFile> {
  await assertPortsFree(context.config)
  const [database, queue, store] = await Promise.all([
    provideDatabase(context),
    provideQueue(context),
    provideStore(context),
  ])
  const started = { postgres: database.server, redis: queue.server, s3: store.server }
  context.folder.savePorts(started)
  const servers = { databaseUrl: database.access, redisUrl: queue.access, s3: store.access }
  const [api, workers] = await startApps(context, servers)
  return {
    apiUrl: `${urlOf(api.ports.http)}${context.env.API_PREFIX ?? ''}`,
    opsUrl: urlOf(api.ports.ops),
    workerOpsUrl: urlOf(workers[0]?.ports.ops),
    ...servers,
    pids: {
      launcher: process.pid,
      postgres: started.postgres?.pid,
      redis: started.redis?.pid,
      s3: started.s3?.pid,
      api: api.pid,
      workers: workers.map(({ pid }) => pid),
    },
  }
}

const urlOf = (port: number | undefined): string => `http://127.0.0.1:${port}`

async function assertPortsFree(config: StackConfig): Promise<void> {
  for (const [variable, port] of appPorts(config)) {
    if (await isFree(port)) continue
    throw new StackError(
      `Port ${port} is in use. Choose another one with ${variable}, for example ${variable}=${port + 10} npm start.`,
    )
  }
}

type Servers = Pick<StackFile, 'databaseUrl' | 'redisUrl' | 's3'>

function startApps(context: StackContext, servers: Servers): Promise<[App, App[]]> {
  const { config, jwtSecret } = context
  const env = { ...context.env, ...serversEnv(servers) }
  const api = start(context, 'API', 'api', {
    ...env,
    JWT_SECRET: jwtSecret,
    WEB: env.WEB || 'true',
    PORT: `${config.port}`,
    OPS_PORT: `${config.opsPort}`,
  })
  const workers = Array.from({ length: config.workers }, (_, index) => {
    const port = `${workerPort(config, index)}`
    const name = config.workers > 1 ? `Worker ${index + 1}` : 'Worker'
    return start(context, name, 'worker', { ...env, WORKER_OPS_PORT: port })
  })
  return Promise.all([api, Promise.all(workers)])
}

const serversEnv = ({ databaseUrl, redisUrl, s3 }: Servers): NodeJS.ProcessEnv => ({
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  S3_ENDPOINT: s3.endpoint,
  S3_ACCESS_KEY: s3.accessKey,
  S3_SECRET_KEY: s3.secretKey,
  S3_BUCKET: s3.bucket,
  S3_REGION: s3.region,
})

function start(
  { root, folder, terminal, watch }: StackContext,
  name: string,
  app: 'api' | 'worker',
  env: NodeJS.ProcessEnv,
): Promise<App> {
  const entry = join(root, 'apps', app, 'dist', 'main.js')
  const pidFile = folder.pidFile(name.toLowerCase().replace(' ', '-'))
  const work = async () => {
    const running = await startApp({ name, entry, env, pidFile })
    watch(running)
    return running
  }
  const done = ({ ports: { http, ops } }: App) =>
    `${name}${http === undefined ? '' : ` on 127.0.0.1:${http}`}, health on 127.0.0.1:${ops}`
  return terminal.step(work, done)
}
