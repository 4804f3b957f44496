import { createSecretKey, randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { sign } from '../../../../apps/worker/src/webhook/sign.ts'

const keyOf = (base64: string) => createSecretKey(Buffer.from(base64, 'base64'))

test('the published example of the scheme has the published signature', () => {
  const key = keyOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  const headers = sign(
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    '{"test": 2432232314}',
    [key],
    1614265330_999,
  )
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('every key signs, so that a receiver can use any of them', () => {
  const secrets = [24, 32, 64].map((bytes) => randomBytes(bytes).toString('base64'))
  const body = JSON.stringify({ user: 'Ωμέγα/:é' })
  const headers = sign('id', body, secrets.map(keyOf))
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(3)
  for (const secret of secrets)
    expect(new Webhook(secret).verify(body, headers)).toEqual({ user: 'Ωμέγα/:é' })
  const otherWebhook = new Webhook(randomBytes(32).toString('base64'))
  expect(() => otherWebhook.verify(body, headers)).toThrow('No matching signature')
})

test('id, time and body are all signed', () => {
  const secret = randomBytes(32).toString('base64')
  const webhook = new Webhook(secret)
  const headers = sign('id', '{}', [keyOf(secret)])
  expect(webhook.verify('{}', headers)).toEqual({})
  const later = `${Number(headers['webhook-timestamp']) + 1}`
  expect(() => webhook.verify('{ }', headers)).toThrow()
  expect(() => webhook.verify('{}', { ...headers, 'webhook-id': 'di' })).toThrow()
  expect(() => webhook.verify('{}', { ...headers, 'webhook-timestamp': later })).toThrow()
})
