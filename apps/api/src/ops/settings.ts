import { opsHostSettings } from '@visage/shared/config/common'
import type { Config } from '@visage/shared/config/read'
import { formats, optional, secretOf, withDefault } from '@visage/shared/config/setting'
import { isLoopback } from './access/loopback.ts'

/** RFC 7617, section 2: the user name ends at the first colon. */
const userName = {
  format: 'a user name without a colon',
  parse: (text: string) => (text.includes(':') ? undefined : text),
}

export const opsSettings = {
  opsPort: withDefault(
    'OPS_PORT',
    formats.port,
    '3001',
    'Port of the API for health checks, metrics and the queue dashboard. `0` means any free port. Users must not be able to reach it.',
  ),
  ...opsHostSettings,
  dashboard: withDefault(
    'DASHBOARD',
    formats.switch,
    'true',
    'Serves the queue dashboard at `/queues` on the ops port of the API. If `OPS_HOST` is not a loopback address, the dashboard needs `OPS_USER` and `OPS_PASSWORD`.',
  ),
  opsUser: optional(
    'OPS_USER',
    userName,
    'User name for the queue dashboard. Set it together with `OPS_PASSWORD`. Without them, only requests to a loopback address are allowed.',
  ),
  opsPassword: optional(
    'OPS_PASSWORD',
    secretOf(12),
    'Password for the queue dashboard. The browser sends it with Basic authentication, so use TLS or a tunnel.',
  ),
  opsWrite: withDefault(
    'OPS_WRITE',
    formats.switch,
    'false',
    'Allows changes in the queue dashboard, such as pausing a queue and retrying a job. With `false`, the dashboard is read-only.',
  ),
} as const

export type OpsConfig = Config<typeof opsSettings>

const PAIR = ['OPS_USER', 'OPS_PASSWORD'] as const

/** Returns a problem if the credentials are incomplete, or if the dashboard would be public. */
export function opsProblems(
  { dashboard, opsHost }: Partial<OpsConfig>,
  given: NodeJS.ProcessEnv,
): string[] {
  const missing = PAIR.filter((name) => !given[name])
  if (missing.length === 1)
    return [`${missing[0]} is not set. Set both ${PAIR.join(' and ')}, or neither.`]
  if (missing.length === 0 || !dashboard || !opsHost || isLoopback(opsHost)) return []
  return [
    `OPS_HOST is not a loopback address, so the queue dashboard needs a password. Set ${PAIR.join(' and ')}, or DASHBOARD=false.`,
  ]
}
