import { defaultSourceFormats, MAX_PIXELS, sourceFormats } from '../avatar/formats.ts'
import { databaseProblems, databaseSettings } from './database.ts'
import { ungroup } from './groups.ts'
import { listOf } from './list.ts'
import type { Config } from './read.ts'
import { redisProblems, redisSettings } from './redis.ts'
import { formats, oneOf, optional, withDefault } from './setting.ts'
import { storeProblems, storeSettings } from './storage.ts'

/** How the API and the workers reach Postgres, Redis and the object store. */
export const serverGroups = {
  'Connect to Postgres': databaseSettings,
  'Connect to Redis': {
    ...redisSettings,
    queuePrefix: withDefault(
      'QUEUE_PREFIX',
      formats.text,
      'visage',
      'Prefix of all keys in Redis. Change it if several installations share one Redis. The API and the workers need the same value.',
    ),
  },
  'Connect to the object store': storeSettings,
} as const

export const serverSettings = ungroup(serverGroups)

export const acceptSettings = {
  accept: withDefault(
    'ACCEPT',
    listOf(...sourceFormats),
    defaultSourceFormats.join(','),
    'Picture formats that users may upload. The API and the workers need the same value.',
  ),
  maxPixels: withDefault(
    'MAX_PIXELS',
    formats.pixels,
    `${MAX_PIXELS / 1_000_000}MP`,
    'Maximum pixels of a picture that the worker decodes row by row: a baseline JPEG or a PNG without interlacing. Larger pictures are rejected. The API only shows the limit on the upload page.',
  ),
} as const

/** The API and the workers record announcements for this URL; only the workers send them. */
export const webhookAddress = {
  webhookUrl: optional(
    'WEBHOOK_URL',
    formats.bareUrl,
    'URL that a worker sends each change of an avatar to. Without it, no webhook is sent. The API and the workers need the same value.',
  ),
} as const

/** The API and the workers each have an ops port on this address. */
export const opsHostSettings = {
  opsHost: withDefault(
    'OPS_HOST',
    formats.text,
    '127.0.0.1',
    'Address that the ops ports listen on. Set it to `0.0.0.0` if probes, Prometheus or operators connect from other machines. The API then needs `OPS_USER` and `OPS_PASSWORD`, or `DASHBOARD=false`.',
  ),
} as const

export const logSettings = {
  logLevel: withDefault(
    'LOG_LEVEL',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'info',
    'Lowest level that the process logs.',
  ),
  logFormat: optional(
    'LOG_FORMAT',
    oneOf('json', 'pretty'),
    'Format of log lines. Without it, the process logs `pretty` lines to a terminal, and `json` otherwise.',
  ),
  tracing: withDefault(
    'TRACING',
    formats.switch,
    'false',
    'Creates OpenTelemetry spans for requests and jobs. The process must be started with an OpenTelemetry SDK, or it refuses to start.',
  ),
} as const

export const stopSettings = {
  stopTimeout: withDefault(
    'STOP_TIMEOUT',
    formats.interval,
    '25s',
    'Maximum time from SIGTERM until the process exits. Running requests and jobs can finish within it. Set it a few seconds below the time after which your platform sends SIGKILL.',
  ),
} as const

/** Returns the problems of server settings that are valid alone but do not fit together. */
export function serverProblems(config: Partial<Config<typeof serverSettings>>): string[] {
  return [...databaseProblems(config), ...redisProblems(config), ...storeProblems(config)]
}
