import type { Config } from '@visage/shared/config/read'
import { formats, optional, secretOf, withDefault } from '@visage/shared/config/setting'
import { isLoopback } from './access/loopback.ts'

/** RFC 7617, section 2: what comes before the first colon is the name. */
const userName = {
  format: 'a name without a colon',
  parse: (text: string) => (text.includes(':') ? undefined : text),
}

export const opsSettings = {
  opsPort: withDefault(
    'OPS_PORT',
    formats.port,
    '3001',
    'health, metrics and the queue dashboard of the API; 0 is any free port',
  ),
  opsHost: withDefault('OPS_HOST', formats.text, '127.0.0.1', 'the address of the ops port'),
  dashboard: withDefault(
    'DASHBOARD',
    formats.switch,
    'true',
    'whether the queues are shown at /queues on the ops port of the API; where that is not on loopback, it needs the next two',
  ),
  opsUser: optional(
    'OPS_USER',
    userName,
    'who may see the queues; without it, whoever reaches them',
  ),
  opsPassword: optional('OPS_PASSWORD', secretOf(12), 'the password of OPS_USER'),
  opsWrite: withDefault(
    'OPS_WRITE',
    formats.switch,
    'false',
    'whether the queues can be steered as well: held, released, and jobs tried again',
  ),
} as const

export type OpsConfig = Config<typeof opsSettings>

const PAIR = ['OPS_USER', 'OPS_PASSWORD'] as const

/** What is half done, or open to whoever can connect. */
export function opsProblems(
  { dashboard, opsHost }: Partial<OpsConfig>,
  given: NodeJS.ProcessEnv,
): string[] {
  const missing = PAIR.filter((name) => !given[name])
  if (missing.length === 1) return [`${missing[0]} is not set; ${PAIR.join(' and ')} go together`]
  if (missing.length === 0 || !dashboard || !opsHost || isLoopback(opsHost)) return []
  return [
    `OPS_HOST is not a loopback address: set ${PAIR.join(' and ')} for the queue dashboard, or DASHBOARD=false`,
  ]
}
