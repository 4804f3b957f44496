import { certificates, isKeyOfCertificate, privateKey } from './pem.ts'
import type { Config } from './read.ts'
import { parseRedisUrl, redisUrl } from './redis-url.ts'
import { formats, oneOf, optional, required, withDefault } from './setting.ts'

/** Settings for one Redis server, a Redis Cluster, or a master that Sentinels monitor. */
export const redisSettings = {
  redisUrl: required(
    'REDIS_URL',
    redisUrl,
    'URL of Redis or Valkey. With `REDIS_MODE=cluster` it lists nodes of the Cluster, with `REDIS_MODE=sentinel` the Sentinels. The server needs `maxmemory-policy noeviction`.',
  ),
  redisMode: withDefault(
    'REDIS_MODE',
    oneOf('single', 'cluster', 'sentinel'),
    'single',
    'What `REDIS_URL` points to: one server, nodes of a Cluster, or Sentinels.',
  ),
  redisSentinelName: optional(
    'REDIS_SENTINEL_NAME',
    formats.text,
    'Name of the master in the configuration of the Sentinels. Required with `REDIS_MODE=sentinel`.',
  ),
  redisSentinelUser: optional(
    'REDIS_SENTINEL_USER',
    formats.text,
    'User name for the Sentinels, if they require a login. The user name in `REDIS_URL` is for the Redis servers.',
  ),
  redisSentinelPassword: optional(
    'REDIS_SENTINEL_PASSWORD',
    formats.text,
    'Password for the Sentinels, if they require a login. The password in `REDIS_URL` is for the Redis servers.',
  ),
  redisCa: optional(
    'REDIS_CA',
    certificates,
    'Certificate authorities that may sign the certificates of Redis. They replace the authorities that Node trusts. Set it if Redis has a certificate of a private authority.',
  ),
  redisCert: optional(
    'REDIS_CERT',
    certificates,
    'Client certificate for Redis. Set it together with `REDIS_KEY` if Redis requires client certificates.',
  ),
  redisKey: optional('REDIS_KEY', privateKey, 'Private key of `REDIS_CERT`.'),
} as const

export type RedisConfig = Config<typeof redisSettings>

type Values = Partial<RedisConfig>

const addressOf = ({ redisUrl: url }: Values) =>
  url === undefined ? undefined : parseRedisUrl(url)

const hasTls = (values: Values) => addressOf(values)?.tls ?? true

const inMode = ({ redisMode }: Values, ...modes: RedisConfig['redisMode'][]) =>
  redisMode !== undefined && modes.includes(redisMode)

/** Problems of settings that are valid alone but do not fit together. */
const rules: readonly (readonly [isBroken: (values: Values) => unknown, problem: string])[] = [
  [
    (values) => inMode(values, 'single') && (addressOf(values)?.hosts.length ?? 0) > 1,
    'REDIS_URL has several hosts, but REDIS_MODE is single. Set REDIS_MODE to cluster or sentinel, or keep one host.',
  ],
  [
    (values) => inMode(values, 'cluster') && !/^(\/0?)?$/.test(addressOf(values)?.path ?? ''),
    'REDIS_URL has a database number or a query, but a Cluster has database 0 only. REDIS_URL must end after its hosts.',
  ],
  [
    (values) => inMode(values, 'sentinel') && !/^(\/\d*)?$/.test(addressOf(values)?.path ?? ''),
    'REDIS_URL has a path or query that REDIS_MODE=sentinel does not support. REDIS_URL must end after its hosts, or with a database number such as /1.',
  ],
  [
    (values) => inMode(values, 'sentinel') && !values.redisSentinelName,
    'REDIS_SENTINEL_NAME is not set. With REDIS_MODE=sentinel it must be the name of the master.',
  ],
  [
    (values) =>
      inMode(values, 'single', 'cluster') &&
      (values.redisSentinelName || values.redisSentinelUser || values.redisSentinelPassword),
    'A REDIS_SENTINEL_* setting is set, but REDIS_MODE is not sentinel. Remove the setting, or set REDIS_MODE=sentinel.',
  ],
  [
    (values) => values.redisSentinelUser && !values.redisSentinelPassword,
    'REDIS_SENTINEL_PASSWORD is not set, but REDIS_SENTINEL_USER is. Set both or neither.',
  ],
  [
    (values) => !values.redisCert !== !values.redisKey,
    'Only one of REDIS_CERT and REDIS_KEY has a valid value. Set both or neither.',
  ],
  [
    ({ redisCert, redisKey }) => redisCert && redisKey && !isKeyOfCertificate(redisCert, redisKey),
    'REDIS_KEY does not match REDIS_CERT. It must be the private key of the first certificate in REDIS_CERT.',
  ],
  [
    (values) => !hasTls(values) && (values.redisCa || values.redisCert || values.redisKey),
    'REDIS_CA, REDIS_CERT and REDIS_KEY require TLS, but REDIS_URL does not use it. REDIS_URL must begin with rediss://.',
  ],
]

export function redisProblems(values: Values): string[] {
  return rules.flatMap(([isBroken, problem]) => (isBroken(values) ? [problem] : []))
}
