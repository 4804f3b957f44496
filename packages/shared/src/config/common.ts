import { acceptedByDefault, sourceFormats } from '../avatar/formats.ts'
import { databaseProblems, databaseSettings } from './database.ts'
import { listOf } from './list.ts'
import type { Config } from './read.ts'
import { redisProblems, redisSettings } from './redis.ts'
import { formats, oneOf, optional, withDefault } from './setting.ts'
import { storeProblems, storeSettings } from './storage.ts'

/** What the API and the worker both need to reach the servers behind them. */
export const serverSettings = {
  ...databaseSettings,
  ...redisSettings,
  queuePrefix: withDefault(
    'QUEUE_PREFIX',
    formats.text,
    'visage',
    'what the keys in Redis begin with',
  ),
  ...storeSettings,
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

/** What is wrong with settings that are each in order by themselves. */
export function serverProblems(config: Partial<Config<typeof serverSettings>>): string[] {
  return [...databaseProblems(config), ...redisProblems(config), ...storeProblems(config)]
}
