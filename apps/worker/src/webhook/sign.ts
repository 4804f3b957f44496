import { createHmac, type KeyObject } from 'node:crypto'

/**
 * Builds the headers of Standard Webhooks 1.0.0 (symmetric): the id of the message, the time of this attempt in
 * seconds, and one signature for each key.
 */
export function sign(
  id: string,
  body: string,
  keys: readonly KeyObject[],
  now = Date.now(),
): Record<string, string> {
  const timestamp = Math.floor(now / 1000)
  const signed = `${id}.${timestamp}.${body}`
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': `${timestamp}`,
    'webhook-signature': signatures.join(' '),
  }
}
