import { acceptedByDefault, sourceFormats } from '../avatar/formats.ts'
import type { StorageSettings } from '../storage/client.ts'
import { listOf } from './list.ts'
import type { Config } from './read.ts'
import { formats, oneOf, optional, required, withDefault } from './setting.ts'

/** What the API and the worker both need to reach the servers behind them. */
export const serverSettings = {
  databaseUrl: required('DATABASE_URL', formats.postgresUrl, 'the Postgres database'),
  redisUrl: required(
    'REDIS_URL',
    formats.redisUrl,
    'the Redis or Valkey of the queue; it must be noeviction',
  ),
  queuePrefix: withDefault(
    'QUEUE_PREFIX',
    formats.text,
    'visage',
    'what the keys in Redis begin with',
  ),
  s3Endpoint: required('S3_ENDPOINT', formats.httpUrl, 'the object store'),
  s3AccessKey: required('S3_ACCESS_KEY', formats.text, 'the access key of the object store'),
  s3SecretKey: required('S3_SECRET_KEY', formats.text, 'the secret key of the object store'),
  s3Bucket: withDefault('S3_BUCKET', formats.text, 'visage', 'the private bucket'),
  s3Region: withDefault('S3_REGION', formats.text, 'us-east-1', 'the region of the bucket'),
  s3Timeout: withDefault(
    'S3_TIMEOUT',
    formats.interval,
    '5s',
    'how long one request to the object store may take',
  ),
  databaseTimeout: withDefault(
    'DATABASE_TIMEOUT',
    formats.interval,
    '2s',
    'how long connecting and one statement may take',
  ),
} as const

export const acceptSettings = {
  accept: withDefault(
    'ACCEPT',
    listOf(...sourceFormats),
    acceptedByDefault.join(','),
    'the formats of pictures that are taken; the API and the workers must agree',
  ),
} as const

/** Both put down the changes that they make; only workers tell them. */
export const webhookAddress = {
  webhookUrl: optional(
    'WEBHOOK_URL',
    formats.bareUrl,
    'where each change of a picture is announced; the API and the workers must agree',
  ),
} as const

/** How a process behaves, whatever it does. */
export const processSettings = {
  logLevel: withDefault(
    'LOG_LEVEL',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'info',
    'the least that is logged',
  ),
  logFormat: optional('LOG_FORMAT', oneOf('json', 'pretty'), 'pretty on a terminal, else json'),
  tracing: withDefault(
    'TRACING',
    formats.switch,
    'false',
    'whether requests and jobs are traced, by the OpenTelemetry SDK that the process was started with',
  ),
  stopTimeout: withDefault(
    'STOP_TIMEOUT',
    formats.interval,
    '25s',
    'how long a stop may wait for what is running',
  ),
} as const

export function storageSettings(config: Config<typeof serverSettings>): StorageSettings {
  return {
    endpoint: config.s3Endpoint,
    accessKey: config.s3AccessKey,
    secretKey: config.s3SecretKey,
    bucket: config.s3Bucket,
    region: config.s3Region,
  }
}
