import type { Config } from '@visage/shared/config/read'
import { formats, withDefault } from '@visage/shared/config/setting'

/** How many requests are let through in a window of fixed length, which begins with the first of them. */
export interface Quota {
  /** The window as it is written in the setting: `1m`. */
  readonly name: string
  readonly amount: number
  /** Seconds. */
  readonly window: number
}

const quotas = {
  format: 'off, or a list, with commas, of amounts and whole seconds or more, such as 10/1m,100/1d',
  parse: (text: string): readonly Quota[] | undefined => {
    if (text === 'off') return []
    const list = text.split(',').map(quotaOf)
    const windows = new Set(list.map((quota) => quota?.window))
    return list.every((quota) => quota !== undefined) && windows.size === list.length
      ? list.toSorted((one, other) => one.window - other.window)
      : undefined
  },
}

function quotaOf(text: string): Quota | undefined {
  const [amount = '', name = '', ...more] = text.trim().split('/')
  const parsed = { amount: formats.count.parse(amount), window: formats.interval.parse(name) }
  if (!parsed.amount || !parsed.window || parsed.window % 1000 !== 0 || more.length > 0)
    return undefined
  return { name, amount: parsed.amount, window: parsed.window / 1000 }
}

/** Who may ask how often. No two quotas of a list have the same window; the shortest comes first. */
export const rateSettings = {
  rateLimit: withDefault(
    'RATE_LIMIT',
    quotas,
    '10/1m,100/1d',
    'how many changes of their picture each user may ask for',
  ),
  rateLimitAnonymous: withDefault(
    'RATE_LIMIT_ANONYMOUS',
    quotas,
    '60/1m',
    'how many requests with no valid token each client address may make, before they are refused as too many; an IPv6 address is its /64',
  ),
} as const

export type RateConfig = Config<typeof rateSettings>
