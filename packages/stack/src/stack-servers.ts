import { redisUrls } from '@visage/shared/config/redis-url'
import { migrateToLatest } from '@visage/shared/db/migrate'
import { createPrivateBucket } from '@visage/shared/storage/bucket'
import { StackError } from './error.ts'
import type { ServerLocation } from './folder.ts'
import { startPostgres } from './postgres.ts'
import type { Server } from './process.ts'
import { assertReachable } from './reachability.ts'
import { startRedis } from './redis.ts'
import { startS3 } from './s3.ts'
import type { StackContext } from './stack-context.ts'
import type { StackFile } from './stack-file.ts'

/** How the apps access a server. `server` is set only if the stack started it. */
interface Provided<Access> {
  readonly access: Access
  readonly server?: Server
}

interface Provision<Access, Started extends Server> {
  readonly name: 'Postgres' | 'Redis' | 'S3'
  /** The variable that names an external server. */
  readonly variable: string
  readonly external: Access | undefined
  /** URLs of the external server. At least one of them must accept connections. */
  readonly addresses: (access: Access) => readonly string[]
  readonly start: (location: ServerLocation) => Promise<Started>
  readonly accessOf: (started: Started) => Access
}

/** Starts Postgres unless `DATABASE_URL` is set. Then migrates the schema. */
export async function provideDatabase(context: StackContext): Promise<Provided<string>> {
  const provided = await provide(context, {
    name: 'Postgres',
    variable: 'DATABASE_URL',
    external: context.config.databaseUrl,
    addresses: (url) => [url],
    start: (location) => startPostgres({ ...location, notice: context.terminal.notice }),
    accessOf: ({ url }) => url,
  })
  const { migrationUrl = provided.access, databaseCa } = context.config
  await prepare(context, 'schema', 'Schema up to date', () =>
    migrateToLatest(migrationUrl, databaseCa),
  )
  return provided
}

export function provideQueue(context: StackContext): Promise<Provided<string>> {
  return provide(context, {
    name: 'Redis',
    variable: 'REDIS_URL',
    external: context.config.redisUrl,
    addresses: redisUrls,
    start: (location) => startRedis({ ...location, notice: context.terminal.notice }),
    accessOf: ({ url }) => url,
  })
}

/** Starts an S3 server unless `S3_ENDPOINT` is set. Then creates the private bucket if it does not exist. */
export async function provideStore(context: StackContext): Promise<Provided<StackFile['s3']>> {
  const { bucket, region, s3, pathStyle, s3Ca } = context.config
  const provided = await provide(context, {
    name: 'S3',
    variable: 'S3_ENDPOINT',
    external: s3 && { ...s3, bucket, region },
    addresses: ({ endpoint }) => [endpoint],
    start: (location) => startS3({ ...location, region }),
    accessOf: ({ endpoint, accessKey, secretKey }) => ({
      endpoint,
      accessKey,
      secretKey,
      bucket,
      region,
    }),
  })
  await prepare(context, 'bucket', `Bucket ${bucket}`, () =>
    createPrivateBucket({ ...provided.access, pathStyle, ca: s3Ca }),
  )
  return provided
}

async function provide<Access, Started extends Server>(
  { folder, terminal, watch }: StackContext,
  { name, variable, external, addresses, start, accessOf }: Provision<Access, Started>,
): Promise<Provided<Access>> {
  if (external) {
    await terminal.step(
      () => assertReachable(variable, addresses(external)),
      () => `${name} from ${variable}`,
    )
    return { access: external }
  }
  const location = await folder.locate(name.toLowerCase())
  const server = await terminal.step(
    () => start(location),
    (started) => `${started.name} on 127.0.0.1:${started.port}`,
  )
  watch(server)
  return { access: accessOf(server), server }
}

async function prepare(
  { terminal }: StackContext,
  name: string,
  done: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const translated = () =>
    work().catch((error: Error) => {
      throw new StackError(`Could not prepare the ${name}: ${error.message || error.name}`)
    })
  await terminal.step(translated, () => done)
}
