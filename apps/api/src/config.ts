import {
  acceptSettings,
  processSettings,
  serverProblems,
  serverSettings,
  webhookAddress,
} from '@visage/shared/config/common'
import { ungroup } from '@visage/shared/config/groups'
import { type Config, readSettings } from '@visage/shared/config/read'
import { formats, optional, withDefault } from '@visage/shared/config/setting'
import { tokenProblems, tokenSettings } from './auth/settings.ts'
import { defaultAvatarSettings, publicUrlSettings } from './avatars/settings.ts'
import { gravatarSettings } from './gravatar/settings.ts'
import { proxySettings } from './http/client-address.ts'
import { corsSettings } from './http/cors.ts'
import { opsProblems, opsSettings } from './ops/settings.ts'
import { rateSettings } from './rate-limit/settings.ts'
import { webSettings } from './web/settings.ts'

const listenSettings = {
  port: withDefault('PORT', formats.port, '3000', 'where users reach the API; 0 is any free port'),
  host: withDefault('HOST', formats.text, '127.0.0.1', 'the address that the API listens on'),
  apiPrefix: optional('API_PREFIX', formats.path, 'what all paths begin with'),
} as const

const limitSettings = {
  maxUploadBytes: withDefault('MAX_UPLOAD_BYTES', formats.size, '16MiB', 'the largest upload'),
  maxBytesInFlight: withDefault(
    'MAX_BYTES_IN_FLIGHT',
    formats.size,
    '256MiB',
    'bytes of uploads held at once, each twice until it is whole; past it requests are refused with 503',
  ),
  minUploadRate: withDefault(
    'MIN_UPLOAD_RATE',
    formats.size,
    '8KiB',
    'bytes a second with which an upload must come; slower ones are cut off with 408',
  ),
  uploadGrace: withDefault(
    'UPLOAD_GRACE',
    formats.duration,
    '10s',
    'how long an upload may take before that counts',
  ),
  refusedBodyTimeout: withDefault(
    'REFUSED_BODY_TIMEOUT',
    formats.interval,
    '2s',
    'How long the API reads and discards the rest of a body that it has refused. A client that sends its whole body before it reads needs this time to get the answer.',
  ),
  queueTimeout: withDefault(
    'QUEUE_TIMEOUT',
    formats.interval,
    '500ms',
    'how long a request waits for Redis before it goes on without',
  ),
  maxOutcomeWaiters: withDefault(
    'MAX_OUTCOME_WAITERS',
    formats.count,
    '2000',
    'requests that may wait for news of uploads at once; past it event streams are refused with 503, and other requests do not wait',
  ),
  eventStreamHeartbeat: withDefault(
    'EVENT_STREAM_HEARTBEAT',
    formats.interval,
    '15s',
    'how often an event stream shows that it is alive, and its upload is looked at though nothing was heard',
  ),
  ...rateSettings,
} as const

const ownProcessSettings = {
  stopDelay: withDefault(
    'STOP_DELAY',
    formats.duration,
    '0s',
    'how long a stop goes on serving once /readyz says so; longer than a balancer takes to notice',
  ),
  debugErrors: withDefault(
    'DEBUG_ERRORS',
    formats.switch,
    'false',
    'whether answers carry the inner error',
  ),
} as const

/** By what they are about, as `--help` tells them. */
export const apiGroups = {
  'The servers behind it': serverSettings,
  'Where users reach it': { ...listenSettings, ...proxySettings, ...corsSettings },
  'Health, metrics and the queue dashboard': opsSettings,
  Tokens: tokenSettings,
  'What may be asked of it': { ...acceptSettings, ...limitSettings },
  'What viewers get': {
    ...publicUrlSettings,
    ...gravatarSettings,
    ...defaultAvatarSettings,
    ...webSettings,
  },
  'Who is told of changes': webhookAddress,
  'The process': { ...processSettings, ...ownProcessSettings },
} as const

export const apiSettings = ungroup(apiGroups)

export type ApiConfig = Config<typeof apiSettings>

/** @throws ConfigError with every problem there is */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  return readSettings(apiSettings, env, (config, given) => [
    ...serverProblems(config),
    ...tokenProblems(config, given),
    ...budgetProblems(config),
    ...stopProblems(config),
    ...opsProblems(config, given),
  ])
}

/** A body is held twice while it is put together: with less, the largest one would never be let in. */
function budgetProblems({ maxUploadBytes, maxBytesInFlight }: Partial<ApiConfig>): string[] {
  if (!maxUploadBytes || !maxBytesInFlight || maxBytesInFlight >= 2 * maxUploadBytes) return []
  return ['MAX_BYTES_IN_FLIGHT must be at least twice MAX_UPLOAD_BYTES']
}

/** The delay is part of the stop: with more, no stop would end by itself. */
function stopProblems({ stopDelay, stopTimeout }: Partial<ApiConfig>): string[] {
  if (!stopDelay || !stopTimeout || stopDelay < stopTimeout) return []
  return ['STOP_DELAY must be less than STOP_TIMEOUT']
}
