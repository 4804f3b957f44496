import { createSecretKey, type KeyObject } from 'node:crypto'
import type { webhookAddress } from '@visage/shared/config/common'
import type { Config } from '@visage/shared/config/read'
import { formats, optional, withDefault } from '@visage/shared/config/setting'
import type { Receiver } from './send.ts'

/** Written and as long as Standard Webhooks has it; several, so that receivers can change over. */
const secrets = {
  format:
    'whsec_ and the base64 of 24 to 64 random bytes, such as `openssl rand -base64 32` makes, or several of them with commas between',
  parse: (text: string): readonly KeyObject[] | undefined => {
    const keys = text.split(',').map((one) => parseSecret(one.trim()))
    return keys.every((key) => key !== undefined) ? keys : undefined
  },
}

/** Node skips what is no base64: what it has read must be all that was written. */
function parseSecret(text: string): KeyObject | undefined {
  const [, base64 = ''] = /^whsec_(.+)$/.exec(text) ?? []
  const bytes = Buffer.from(base64, 'base64')
  const fits = bytes.toString('base64') === base64 && bytes.length >= 24 && bytes.length <= 64
  return fits ? createSecretKey(bytes) : undefined
}

/** How the webhook is told. Only workers do that; the API knows that there is one, and no secret of it. */
export const webhookSettings = {
  webhookSecret: optional(
    'WEBHOOK_SECRET',
    secrets,
    'signs what WEBHOOK_URL is sent; set both, or neither',
  ),
  webhookTimeout: withDefault(
    'WEBHOOK_TIMEOUT',
    formats.interval,
    '10s',
    'how long WEBHOOK_URL may take to answer',
  ),
  webhookRetryAfter: withDefault(
    'WEBHOOK_RETRY_AFTER',
    formats.interval,
    '1s',
    'How long a worker waits before it repeats a failed delivery. Each further wait is twice as long, up to 10 minutes.',
  ),
  webhookAllowPrivate: withDefault(
    'WEBHOOK_ALLOW_PRIVATE',
    formats.switch,
    'false',
    'whether WEBHOOK_URL may be plain http, or lead to an address that is not public',
  ),
} as const

type WebhookConfig = Config<typeof webhookSettings & typeof webhookAddress>

/** What is wrong with settings that are each in order by themselves. */
export function webhookProblems(
  { webhookUrl, webhookAllowPrivate }: Partial<WebhookConfig>,
  env: NodeJS.ProcessEnv,
): string[] {
  const missing = ['WEBHOOK_URL', 'WEBHOOK_SECRET'].filter((name) => !env[name])
  if (missing.length === 1)
    return [`${missing} is not set; WEBHOOK_URL and WEBHOOK_SECRET must both be set, or neither`]
  if (webhookUrl?.protocol !== 'http:' || webhookAllowPrivate) return []
  return ['WEBHOOK_URL must be https, or WEBHOOK_ALLOW_PRIVATE must be true']
}

/** Undefined where there is no webhook. */
export function receiverFrom(config: WebhookConfig): Receiver | undefined {
  const { webhookUrl: url, webhookSecret: keys, webhookTimeout: timeout } = config
  return url && keys && { url, keys, timeout, allowPrivate: config.webhookAllowPrivate }
}
