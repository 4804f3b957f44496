import { createSecretKey, type KeyObject } from 'node:crypto'
import type { webhookAddress } from '@visage/shared/config/common'
import type { Config } from '@visage/shared/config/read'
import { formats, optional, withDefault } from '@visage/shared/config/setting'
import type { Receiver } from './send.ts'

/** Secrets in the format and length of Standard Webhooks. Several secrets allow a receiver to rotate its secret. */
const secrets = {
  format:
    'whsec_ followed by 24 to 64 random bytes in base64, or several of these secrets, comma-separated (`openssl rand -base64 32` creates the bytes)',
  parse: (text: string): readonly KeyObject[] | undefined => {
    const keys = text.split(',').map((one) => parseSecret(one.trim()))
    return keys.every((key) => key !== undefined) ? keys : undefined
  },
}

/**
 * Parses one secret. Node ignores characters that are not base64, so the decoded bytes must encode to the same text.
 */
function parseSecret(text: string): KeyObject | undefined {
  const [, base64 = ''] = /^whsec_(.+)$/.exec(text) ?? []
  const bytes = Buffer.from(base64, 'base64')
  const fits = bytes.toString('base64') === base64 && bytes.length >= 24 && bytes.length <= 64
  return fits ? createSecretKey(bytes) : undefined
}

/** Settings of webhook delivery. Only workers deliver: the API reads WEBHOOK_URL, and no secret. */
export const webhookSettings = {
  webhookSecret: optional(
    'WEBHOOK_SECRET',
    secrets,
    'Secret that signs webhook requests. Set it together with `WEBHOOK_URL`. To rotate it, list the new and the old secret.',
  ),
  webhookTimeout: withDefault(
    'WEBHOOK_TIMEOUT',
    formats.interval,
    '10s',
    'Maximum time for one delivery to `WEBHOOK_URL`. A delivery without an answer in this time fails, and is retried.',
  ),
  webhookRetryAfter: withDefault(
    'WEBHOOK_RETRY_AFTER',
    formats.interval,
    '1s',
    'Time before the first retry of a failed delivery. Each further delay is twice as long, up to 10 minutes.',
  ),
  webhookAllowPrivate: withDefault(
    'WEBHOOK_ALLOW_PRIVATE',
    formats.switch,
    'false',
    'Allows plain http and private addresses for `WEBHOOK_URL`. Set it if the receiver runs in your own network.',
  ),
} as const

type WebhookConfig = Config<typeof webhookSettings & typeof webhookAddress>

/** Returns the problems of settings that are valid by themselves but not together. */
export function webhookProblems(
  { webhookUrl, webhookAllowPrivate }: Partial<WebhookConfig>,
  env: NodeJS.ProcessEnv,
): string[] {
  const missing = ['WEBHOOK_URL', 'WEBHOOK_SECRET'].filter((name) => !env[name])
  if (missing.length === 1)
    return [`${missing} is not set. Set both WEBHOOK_URL and WEBHOOK_SECRET, or neither.`]
  if (webhookUrl?.protocol !== 'http:' || webhookAllowPrivate) return []
  return ['WEBHOOK_URL uses plain http. It must use https, or WEBHOOK_ALLOW_PRIVATE must be true.']
}

/** Returns undefined if no webhook is configured. */
export function receiverFrom(config: WebhookConfig): Receiver | undefined {
  const { webhookUrl: url, webhookSecret: keys, webhookTimeout: timeout } = config
  return url && keys && { url, keys, timeout, allowPrivate: config.webhookAllowPrivate }
}
