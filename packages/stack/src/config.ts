import { resolve } from 'node:path'
import { databaseSettings, databaseUrl, migrationUrl } from '@visage/shared/config/database'
import { type Config, ConfigError, readSettings } from '@visage/shared/config/read'
import { redisProblems, redisSettings } from '@visage/shared/config/redis'
import { redisUrl } from '@visage/shared/config/redis-url'
import { formats, optional, withDefault } from '@visage/shared/config/setting'
import { storeSettings } from '@visage/shared/config/storage'

const settings = {
  dataDir: withDefault(
    'DATA_DIR',
    formats.text,
    '.visage',
    'Folder for all data, logs and stack.json.',
  ),
  port: withDefault('PORT', formats.port, '3000', 'Port of the API. `0` means any free port.'),
  opsPort: withDefault(
    'OPS_PORT',
    formats.port,
    '3001',
    'Port of the API for health checks and metrics. `0` means any free port.',
  ),
  workerOpsPort: withDefault(
    'WORKER_OPS_PORT',
    formats.port,
    '3002',
    'Port of the first worker for health checks and metrics. Each further worker uses the next port. `0` means any free port.',
  ),
  workers: withDefault('WORKERS', formats.count, '1', 'Number of worker processes.'),
  databaseUrl: optional(
    'DATABASE_URL',
    databaseUrl,
    'URL of an external Postgres. Without it, the stack starts its own.',
  ),
  databaseCa: databaseSettings.databaseCa,
  migrationUrl,
  ...redisSettings,
  redisUrl: optional(
    'REDIS_URL',
    redisUrl,
    'URL of an external Redis. Without it, the stack starts its own.',
  ),
  s3Endpoint: optional(
    'S3_ENDPOINT',
    formats.httpUrl,
    'URL of an external object store. Set it together with `S3_ACCESS_KEY` and `S3_SECRET_KEY`. Without it, the stack starts its own S3 server.',
  ),
  s3AccessKey: optional('S3_ACCESS_KEY', formats.text, 'Access key ID for `S3_ENDPOINT`.'),
  s3SecretKey: optional('S3_SECRET_KEY', formats.text, 'Secret access key for `S3_ENDPOINT`.'),
  bucket: storeSettings.s3Bucket,
  region: storeSettings.s3Region,
  pathStyle: storeSettings.s3PathStyle,
  s3Ca: storeSettings.s3Ca,
} as const

type Values = Config<typeof settings>

export interface StackConfig extends Values {
  /** The external S3 server, if all of its settings are set. */
  readonly s3: { endpoint: string; accessKey: string; secretKey: string } | undefined
}

/**
 * Reads the settings. A relative DATA_DIR is relative to `root`.
 * @throws ConfigError with all problems
 */
export function readConfig(env: NodeJS.ProcessEnv, root: string): StackConfig {
  const values = readSettings(settings, env, redisProblemsOf)
  const problems = [...incompleteS3(values), ...unusedSettings(env), ...duplicatePorts(values)]
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...values, dataDir: resolve(root, values.dataDir), s3: externalS3(values) }
}

/** Checks the settings of an external Redis. Without REDIS_URL, `unusedSettings` reports them. */
function redisProblemsOf({ redisUrl, ...values }: Partial<Values>): readonly string[] {
  return redisUrl === undefined ? [] : redisProblems({ ...values, redisUrl })
}

/** The absolute path of DATA_DIR. */
export const readDataDir = (env: NodeJS.ProcessEnv, root: string): string =>
  resolve(root, readSettings({ dataDir: settings.dataDir }, env).dataDir)

/** Ops port of worker `index` (from 0): WORKER_OPS_PORT + `index`, or 0 for any free port. */
export const workerPort = ({ workerOpsPort }: Values, index: number): number =>
  workerOpsPort && workerOpsPort + index

function externalS3({ s3Endpoint, s3AccessKey, s3SecretKey }: Values): StackConfig['s3'] {
  if (!s3Endpoint || !s3AccessKey || !s3SecretKey) return undefined
  return { endpoint: s3Endpoint, accessKey: s3AccessKey, secretKey: s3SecretKey }
}

function incompleteS3({ s3Endpoint, s3AccessKey, s3SecretKey }: Values): string[] {
  const group = { S3_ENDPOINT: s3Endpoint, S3_ACCESS_KEY: s3AccessKey, S3_SECRET_KEY: s3SecretKey }
  const missing = Object.entries(group).flatMap(([name, value]) => (value ? [] : [name]))
  if (missing.length === 0 || missing.length === 3) return []
  return [
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set. Set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY together, or none of them.`,
  ]
}

/** Settings that apply only to an external server, and the variable with the URL of that server. */
const SERVER_URL_OF = {
  DATABASE_CA: 'DATABASE_URL',
  MIGRATION_DATABASE_URL: 'DATABASE_URL',
  REDIS_MODE: 'REDIS_URL',
  REDIS_SENTINEL_NAME: 'REDIS_URL',
  REDIS_CA: 'REDIS_URL',
  REDIS_CERT: 'REDIS_URL',
  S3_CA: 'S3_ENDPOINT',
  S3_PATH_STYLE: 'S3_ENDPOINT',
} as const

function unusedSettings(env: NodeJS.ProcessEnv): string[] {
  const unused = Object.entries(SERVER_URL_OF).filter(([name, server]) => env[name] && !env[server])
  return unused.map(
    ([name, server]) => `${name} requires ${server}, which is not set. Set both or neither.`,
  )
}

/** The configured ports of the apps, with the variable of each. Without those that are 0. */
export function appPorts(values: Values): [variable: string, port: number][] {
  const workers = Array.from({ length: values.workers }, (_, index) => index)
  return [
    ['PORT', values.port],
    ['OPS_PORT', values.opsPort],
    ...workers.map((index): [string, number] => ['WORKER_OPS_PORT', workerPort(values, index)]),
  ].filter((entry): entry is [string, number] => entry[1] !== 0)
}

function duplicatePorts(values: Values): string[] {
  const ports = appPorts(values)
  return ports.flatMap(([variable, port], index) => {
    const earlier = ports.slice(0, index).find(([, other]) => other === port)
    return earlier
      ? [`${earlier[0]} and ${variable} use the same port ${port}. Set different ports.`]
      : []
  })
}
