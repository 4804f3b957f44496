import { redisUrls } from '@visage/shared/config/redis-url'
import { migrateToLatest } from '@visage/shared/db/migrate'
import { createPrivateBucket } from '@visage/shared/storage/bucket'
import { StackError } from './error.ts'
import type { Place } from './folder.ts'
import { assertAnswers } from './given.ts'
import { startPostgres } from './postgres.ts'
import type { Server } from './process.ts'
import { startRedis } from './redis.ts'
import { startS3 } from './s3.ts'
import type { StackContext } from './stack-context.ts'
import type { StackFile } from './stack-file.ts'

/** What the apps use of a server, and the server itself if it is ours. */
interface Provided<Use> {
  readonly use: Use
  readonly own?: Server
}

interface Provision<Use, Started extends Server> {
  readonly name: 'Postgres' | 'Redis' | 'S3'
  /** The variable that names a server which is there already. */
  readonly variable: string
  readonly given: Use | undefined
  /** Where it is; in one of these places, where there are several. */
  readonly addresses: (use: Use) => readonly string[]
  readonly start: (place: Place) => Promise<Started>
  readonly toUse: (started: Started) => Use
}

/** Postgres, with the schema up to date. */
export async function provideDatabase(context: StackContext): Promise<Provided<string>> {
  const provided = await provide(context, {
    name: 'Postgres',
    variable: 'DATABASE_URL',
    given: context.config.databaseUrl,
    addresses: (url) => [url],
    start: (place) => startPostgres({ ...place, notice: context.terminal.notice }),
    toUse: ({ url }) => url,
  })
  const { migrationUrl = provided.use, databaseCa } = context.config
  await prepare(context, 'schema', 'Schema up to date', () =>
    migrateToLatest(migrationUrl, databaseCa),
  )
  return provided
}

export function provideQueue(context: StackContext): Promise<Provided<string>> {
  return provide(context, {
    name: 'Redis',
    variable: 'REDIS_URL',
    given: context.config.redisUrl,
    addresses: redisUrls,
    start: (place) => startRedis({ ...place, notice: context.terminal.notice }),
    toUse: ({ url }) => url,
  })
}

/** S3, with the private bucket. */
export async function provideStore(context: StackContext): Promise<Provided<StackFile['s3']>> {
  const { bucket, region, s3, pathStyle, s3Ca } = context.config
  const provided = await provide(context, {
    name: 'S3',
    variable: 'S3_ENDPOINT',
    given: s3 && { ...s3, bucket, region },
    addresses: ({ endpoint }) => [endpoint],
    start: (place) => startS3({ ...place, region }),
    toUse: ({ endpoint, accessKey, secretKey }) => ({
      endpoint,
      accessKey,
      secretKey,
      bucket,
      region,
    }),
  })
  await prepare(context, 'bucket', `Bucket ${bucket}`, () =>
    createPrivateBucket({ ...provided.use, pathStyle, ca: s3Ca }),
  )
  return provided
}

async function provide<Use, Started extends Server>(
  { folder, terminal, watch }: StackContext,
  { name, variable, given, addresses, start, toUse }: Provision<Use, Started>,
): Promise<Provided<Use>> {
  if (given) {
    await terminal.step(
      () => assertAnswers(variable, addresses(given)),
      () => `${name} of ${variable}`,
    )
    return { use: given }
  }
  const place = await folder.place(name.toLowerCase())
  const own = await terminal.step(
    () => start(place),
    (server) => `${server.name} on 127.0.0.1:${server.port}`,
  )
  watch(own)
  return { use: toUse(own), own }
}

async function prepare(
  { terminal }: StackContext,
  name: string,
  done: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const explained = () =>
    work().catch((error: Error) => {
      throw new StackError(`The ${name} could not be made: ${error.message || error.name}`)
    })
  await terminal.step(explained, () => done)
}
