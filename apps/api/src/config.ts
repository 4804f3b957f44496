import {
  acceptSettings,
  logSettings,
  serverGroups,
  serverProblems,
  stopSettings,
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
  port: withDefault(
    'PORT',
    formats.port,
    '3000',
    'Port that the API listens on for clients. `0` means any free port.',
  ),
  host: withDefault(
    'HOST',
    formats.text,
    '127.0.0.1',
    'Address that the API listens on for clients. Set it to `0.0.0.0` in a container, or if clients connect from other machines.',
  ),
  apiPrefix: optional(
    'API_PREFIX',
    formats.path,
    'Prefix of every path of the API. Set it to `/api/v4` to use the same paths as Cloudreve. Only the upload page has no prefix.',
  ),
} as const

const uploadSettings = {
  maxUploadBytes: withDefault(
    'MAX_UPLOAD_BYTES',
    formats.size,
    '32MiB',
    'Maximum size of an upload. The API rejects larger uploads. `MAX_BYTES_IN_FLIGHT` must be at least twice as large.',
  ),
  maxBytesInFlight: withDefault(
    'MAX_BYTES_IN_FLIGHT',
    formats.size,
    '256MiB',
    'Maximum memory for uploads that are being received, in one API process. An upload counts twice until it is complete. Further uploads get 503.',
  ),
  minUploadRate: withDefault(
    'MIN_UPLOAD_RATE',
    formats.size,
    '8KiB',
    'Minimum average rate of an upload per second. Slower uploads get 408. Decrease it if your users have very slow connections.',
  ),
  uploadGrace: withDefault(
    'UPLOAD_GRACE',
    formats.duration,
    '10s',
    'Time from the start of an upload until `MIN_UPLOAD_RATE` applies.',
  ),
  refusedBodyTimeout: withDefault(
    'REFUSED_BODY_TIMEOUT',
    formats.interval,
    '2s',
    'Maximum time that the API reads and discards the rest of a rejected body. Clients that send the whole body before they read the answer need this time.',
  ),
} as const

const requestSettings = {
  ...rateSettings,
  queueTimeout: withDefault(
    'QUEUE_TIMEOUT',
    formats.interval,
    '500ms',
    'Maximum time that a request waits for Redis. After it, the API continues without Redis, and the sweep enqueues the upload later.',
  ),
  maxOutcomeWaiters: withDefault(
    'MAX_OUTCOME_WAITERS',
    formats.count,
    '2000',
    'Maximum requests and event streams that wait for outcomes in one API process. Further event streams get 503. Further requests are answered without waiting.',
  ),
  eventStreamHeartbeat: withDefault(
    'EVENT_STREAM_HEARTBEAT',
    formats.interval,
    '15s',
    'Interval at which an event stream sends a heartbeat, and at which the API reads the awaited receipts again. Set it below the idle timeout of your proxy.',
  ),
} as const

const stopDelaySettings = {
  stopDelay: withDefault(
    'STOP_DELAY',
    formats.duration,
    '0s',
    'Time that the API continues to serve requests after SIGTERM, while `/readyz` answers 503. Set it longer than your load balancer needs to notice. It must be less than `STOP_TIMEOUT`.',
  ),
} as const

const debugSettings = {
  debugErrors: withDefault(
    'DEBUG_ERRORS',
    formats.switch,
    'false',
    'Adds the internal error to error responses. Use it for development only, because it shows internals to clients.',
  ),
} as const

/** The settings by task, in the order of `--help`. */
export const apiGroups = {
  ...serverGroups,
  'Listen for clients': { ...listenSettings, ...proxySettings, ...corsSettings },
  'Verify tokens': tokenSettings,
  'Accept uploads': { ...acceptSettings, ...uploadSettings },
  'Limit requests': requestSettings,
  'Serve pictures': {
    ...publicUrlSettings,
    ...defaultAvatarSettings,
    ...gravatarSettings,
    ...webSettings,
  },
  'Send webhooks': webhookAddress,
  'Monitor and operate': opsSettings,
  'Log and trace': { ...logSettings, ...debugSettings },
  'Stop gracefully': { ...stopSettings, ...stopDelaySettings },
} as const

export const apiSettings = ungroup(apiGroups)

export type ApiConfig = Config<typeof apiSettings>

/** @throws ConfigError with every problem */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  return readSettings(apiSettings, env, (config, given) => [
    ...serverProblems(config),
    ...tokenProblems(config, given),
    ...budgetProblems(config),
    ...stopProblems(config),
    ...opsProblems(config, given),
  ])
}

/** A body is in memory twice while its chunks are joined. With a smaller budget, the largest upload would never be accepted. */
function budgetProblems({ maxUploadBytes, maxBytesInFlight }: Partial<ApiConfig>): string[] {
  if (!maxUploadBytes || !maxBytesInFlight || maxBytesInFlight >= 2 * maxUploadBytes) return []
  return ['MAX_BYTES_IN_FLIGHT is too small. It must be at least twice MAX_UPLOAD_BYTES.']
}

/** STOP_TIMEOUT includes the delay. With a longer delay, every stop would time out. */
function stopProblems({ stopDelay, stopTimeout }: Partial<ApiConfig>): string[] {
  if (!stopDelay || !stopTimeout || stopDelay < stopTimeout) return []
  return ['STOP_DELAY is too long. It must be less than STOP_TIMEOUT.']
}
