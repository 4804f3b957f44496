import { belongTogether, certificates, privateKey } from './pem.ts'
import type { Config } from './read.ts'
import { parseRedisUrl, redisUrl } from './redis-url.ts'
import { formats, oneOf, optional, required, withDefault } from './setting.ts'

/** How Redis is reached: one server, a Cluster, or the master that Sentinels name. */
export const redisSettings = {
  redisUrl: required(
    'REDIS_URL',
    redisUrl,
    'the Redis or Valkey of the queue, nodes of its Cluster, or its Sentinels; it must be noeviction',
  ),
  redisMode: withDefault(
    'REDIS_MODE',
    oneOf('single', 'cluster', 'sentinel'),
    'single',
    'what REDIS_URL names: one server, nodes of a Cluster, or Sentinels',
  ),
  redisSentinelName: optional(
    'REDIS_SENTINEL_NAME',
    formats.text,
    'what the Sentinels call the master',
  ),
  redisSentinelUser: optional(
    'REDIS_SENTINEL_USER',
    formats.text,
    'the user for the Sentinels themselves; the one in REDIS_URL is for the servers behind them',
  ),
  redisSentinelPassword: optional(
    'REDIS_SENTINEL_PASSWORD',
    formats.text,
    'the password for the Sentinels themselves',
  ),
  redisCa: optional(
    'REDIS_CA',
    certificates,
    'who signs the certificates of Redis, in place of those whom Node trusts',
  ),
  redisCert: optional(
    'REDIS_CERT',
    certificates,
    'the certificate that Redis is shown, where it asks for one',
  ),
  redisKey: optional('REDIS_KEY', privateKey, 'belongs to REDIS_CERT'),
} as const

export type RedisConfig = Config<typeof redisSettings>

type Values = Partial<RedisConfig>

const addressOf = ({ redisUrl: url }: Values) =>
  url === undefined ? undefined : parseRedisUrl(url)

const hasTls = (values: Values) => addressOf(values)?.tls ?? true

const inMode = ({ redisMode }: Values, ...modes: RedisConfig['redisMode'][]) =>
  redisMode !== undefined && modes.includes(redisMode)

/** What is wrong with settings that are each in order by themselves. */
const rules: readonly (readonly [isBroken: (values: Values) => unknown, problem: string])[] = [
  [
    (values) => inMode(values, 'single') && (addressOf(values)?.hosts.length ?? 0) > 1,
    'REDIS_URL names several hosts; REDIS_MODE must say whether they are a cluster, or one host be left',
  ],
  [
    (values) => inMode(values, 'cluster') && !/^(\/0?)?$/.test(addressOf(values)?.path ?? ''),
    'REDIS_URL must end with its hosts: a Cluster has one database only',
  ],
  [
    (values) => inMode(values, 'sentinel') && !/^(\/\d*)?$/.test(addressOf(values)?.path ?? ''),
    'REDIS_URL must end with its hosts, or with the number of a database, such as /1',
  ],
  [
    (values) => inMode(values, 'sentinel') && !values.redisSentinelName,
    'REDIS_SENTINEL_NAME is not set; REDIS_MODE=sentinel needs the name that the Sentinels give the master',
  ],
  [
    (values) =>
      inMode(values, 'single', 'cluster') &&
      (values.redisSentinelName || values.redisSentinelUser || values.redisSentinelPassword),
    'REDIS_SENTINEL_* are set; REDIS_MODE must then be sentinel',
  ],
  [
    (values) => values.redisSentinelUser && !values.redisSentinelPassword,
    'REDIS_SENTINEL_USER is set; REDIS_SENTINEL_PASSWORD must be as well',
  ],
  [
    (values) => !values.redisCert !== !values.redisKey,
    'REDIS_CERT and REDIS_KEY go together; one of them is not usable, or not set',
  ],
  [
    ({ redisCert, redisKey }) => redisCert && redisKey && !belongTogether(redisCert, redisKey),
    'REDIS_KEY must be the key of the certificate in REDIS_CERT',
  ],
  [
    (values) => !hasTls(values) && (values.redisCa || values.redisCert || values.redisKey),
    'REDIS_CA, REDIS_CERT and REDIS_KEY are for TLS; REDIS_URL must then begin with rediss://',
  ],
]

export function redisProblems(values: Values): string[] {
  return rules.flatMap(([isBroken, problem]) => (isBroken(values) ? [problem] : []))
}
