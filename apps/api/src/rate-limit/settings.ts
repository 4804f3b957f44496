import type { Config } from '@visage/shared/config/read'
import { formats, withDefault } from '@visage/shared/config/setting'

/** The maximum number of requests in a window of fixed length. The window begins with its first request. */
export interface Quota {
  /** The window as written in the setting, such as `1m`. */
  readonly name: string
  readonly amount: number
  /** Seconds. */
  readonly window: number
}

const quotas = {
  format:
    'off, or a comma-separated list of requests/window, such as 10/1m,100/1d (no window twice; each is a whole number of seconds, from 1s to 24d)',
  parse: (text: string): readonly Quota[] | undefined => {
    if (text === 'off') return []
    const list = text.split(',').map(quotaOf)
    const windows = new Set(list.map((quota) => quota?.window))
    return list.every((quota) => quota !== undefined) && windows.size === list.length
      ? list.toSorted((a, b) => a.window - b.window)
      : undefined
  },
}

function quotaOf(text: string): Quota | undefined {
  const [amount = '', name = '', ...rest] = text.trim().split('/')
  const parsed = { amount: formats.count.parse(amount), window: formats.interval.parse(name) }
  if (!parsed.amount || !parsed.window || parsed.window % 1000 !== 0 || rest.length > 0)
    return undefined
  return { name, amount: parsed.amount, window: parsed.window / 1000 }
}

/** The rate limits. The quotas of a list have distinct windows, sorted from the shortest to the longest. */
export const rateSettings = {
  rateLimit: withDefault(
    'RATE_LIMIT',
    quotas,
    '10/1m,100/1d',
    'Changes of an avatar that one user may request per window. Further requests get 429. Set it to `off` if a gateway limits requests.',
  ),
  rateLimitAnonymous: withDefault(
    'RATE_LIMIT_ANONYMOUS',
    quotas,
    '60/1m',
    'Requests that one client address may send per window with a missing or invalid token, except public reads. Further requests get 429. All IPv6 addresses of a /64 network count as one.',
  ),
} as const

export type RateConfig = Config<typeof rateSettings>
