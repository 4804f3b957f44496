import { expect, test } from 'vitest'
import { rateSettings } from '../../../../apps/api/src/rate-limit/settings.ts'

const { parse } = rateSettings.rateLimit

test('quotas are read, the shortest window first', () => {
  expect(parse('100/1d, 10/1m')).toEqual([
    { name: '1m', amount: 10, window: 60 },
    { name: '1d', amount: 100, window: 86_400 },
  ])
})

test('off is no quota at all', () => {
  expect(parse('off')).toEqual([])
})

test.each([
  '10',
  '10/',
  '/1m',
  '0/1m',
  '-1/1m',
  '10/0s',
  '10/500ms',
  '10/1500ms',
  '10/25d',
  '10/1m/2',
  '10/1m,',
  '10/60s,20/1m',
  'on',
])('%s is refused', (text) => {
  expect(parse(text)).toBeUndefined()
})
