import { resolve } from 'node:path'
import { databaseSettings, databaseUrl, migrationUrl } from '@visage/shared/config/database'
import { type Config, ConfigError, readSettings } from '@visage/shared/config/read'
import { redisProblems, redisSettings } from '@visage/shared/config/redis'
import { redisUrl } from '@visage/shared/config/redis-url'
import { formats, optional, withDefault } from '@visage/shared/config/setting'
import { storeSettings } from '@visage/shared/config/storage'

const settings = {
  dataDir: withDefault('DATA_DIR', formats.text, '.visage', 'the folder that keeps everything'),
  port: withDefault('PORT', formats.port, '3000', 'where users reach the API; 0 is any free port'),
  opsPort: withDefault('OPS_PORT', formats.port, '3001', 'health of the API'),
  workerOpsPort: withDefault('WORKER_OPS_PORT', formats.port, '3002', 'health of the first worker'),
  workers: withDefault('WORKERS', formats.count, '1', 'how many worker processes'),
  databaseUrl: optional('DATABASE_URL', databaseUrl, 'a Postgres that is there already'),
  databaseCa: databaseSettings.databaseCa,
  migrationUrl,
  ...redisSettings,
  redisUrl: optional('REDIS_URL', redisUrl, 'a Redis that is there already'),
  s3Endpoint: optional('S3_ENDPOINT', formats.httpUrl, 'an S3 server that is there already'),
  s3AccessKey: optional('S3_ACCESS_KEY', formats.text, 'the access key of that'),
  s3SecretKey: optional('S3_SECRET_KEY', formats.text, 'the secret key of that'),
  bucket: storeSettings.s3Bucket,
  region: storeSettings.s3Region,
  pathStyle: storeSettings.s3PathStyle,
  s3Ca: storeSettings.s3Ca,
} as const

type Values = Config<typeof settings>

export interface StackConfig extends Values {
  /** The S3 server that was given, in full. */
  readonly s3: { endpoint: string; accessKey: string; secretKey: string } | undefined
}

/** @throws ConfigError with every problem there is  A relative DATA_DIR starts at the project. */
export function readConfig(env: NodeJS.ProcessEnv, root: string): StackConfig {
  const values = readSettings(settings, env, redisProblemsOf)
  const problems = [...halfGivenS3(values), ...aboutNoServer(env), ...samePorts(values)]
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...values, dataDir: resolve(root, values.dataDir), s3: givenS3(values) }
}

/** Of a Redis that is given; what is said of none, `ABOUT` knows. */
function redisProblemsOf({ redisUrl, ...values }: Partial<Values>): readonly string[] {
  return redisUrl === undefined ? [] : redisProblems({ ...values, redisUrl })
}

/** The folder of the stack: what every command finds the rest in. */
export const readDataDir = (env: NodeJS.ProcessEnv, root: string): string =>
  resolve(root, readSettings({ dataDir: settings.dataDir }, env).dataDir)

/** Worker `index`, from 0, has the ports from WORKER_OPS_PORT up; 0 stays "any". */
export const workerPort = ({ workerOpsPort }: Values, index: number): number =>
  workerOpsPort && workerOpsPort + index

function givenS3({ s3Endpoint, s3AccessKey, s3SecretKey }: Values): StackConfig['s3'] {
  if (!s3Endpoint || !s3AccessKey || !s3SecretKey) return undefined
  return { endpoint: s3Endpoint, accessKey: s3AccessKey, secretKey: s3SecretKey }
}

function halfGivenS3({ s3Endpoint, s3AccessKey, s3SecretKey }: Values): string[] {
  const given = { S3_ENDPOINT: s3Endpoint, S3_ACCESS_KEY: s3AccessKey, S3_SECRET_KEY: s3SecretKey }
  const missing = Object.entries(given).flatMap(([name, value]) => (value ? [] : [name]))
  if (missing.length === 0 || missing.length === 3) return []
  return [
    `S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY go together; ${missing.join(' and ')} not set`,
  ]
}

/** Variables that say something of a server that is there already, and the one that names that. */
const ABOUT = {
  DATABASE_CA: 'DATABASE_URL',
  MIGRATION_DATABASE_URL: 'DATABASE_URL',
  REDIS_MODE: 'REDIS_URL',
  REDIS_SENTINEL_NAME: 'REDIS_URL',
  REDIS_CA: 'REDIS_URL',
  REDIS_CERT: 'REDIS_URL',
  S3_CA: 'S3_ENDPOINT',
  S3_PATH_STYLE: 'S3_ENDPOINT',
} as const

function aboutNoServer(env: NodeJS.ProcessEnv): string[] {
  const alone = Object.entries(ABOUT).filter(([name, server]) => env[name] && !env[server])
  return alone.map(([name, server]) => `${name} goes with ${server}, which is not set`)
}

/** Every port that the apps are to have, by the variable that says so. */
export function appPorts(values: Values): [variable: string, port: number][] {
  const workers = Array.from({ length: values.workers }, (_, index) => index)
  return [
    ['PORT', values.port],
    ['OPS_PORT', values.opsPort],
    ...workers.map((index): [string, number] => ['WORKER_OPS_PORT', workerPort(values, index)]),
  ].filter((one): one is [string, number] => one[1] !== 0)
}

function samePorts(values: Values): string[] {
  const ports = appPorts(values)
  return ports.flatMap(([variable, port], index) => {
    const earlier = ports.slice(0, index).find(([, other]) => other === port)
    return earlier ? [`${earlier[0]} and ${variable} both ask for port ${port}`] : []
  })
}
