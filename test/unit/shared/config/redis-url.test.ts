import { parseRedisUrl, redisUrl, redisUrls } from '@visage/shared/config/redis-url'
import { expect, test } from 'vitest'

test.each([
  'redis://:secret@redis:6379/1',
  'rediss://redis',
  'redis://redis?family=6',
  'redis:///run/redis.sock',
  'redis://a:7000,b:7001,[::1]:7002',
  'rediss://visage:p,%40@a,b,c:7002/',
])('%s is taken as it is', (text) => {
  expect(redisUrl.parse(text)).toBe(text)
})

test.each([
  'http://redis',
  'localhost',
  // A host and a port as Docker names them, which a URL parser takes for a scheme and a path.
  'redis:6379',
  'redis://a:7000,',
  'redis://,a:7000',
  'redis://a:port,b',
  'redis://a:7000,redis://b:7000',
  '',
])('"%s" is refused', (text) => {
  expect(redisUrl.parse(text)).toBeUndefined()
})

test('a URL with several hosts gives one URL for each host', () => {
  expect(redisUrls('rediss://me:pw@a:1,b:2/0')).toEqual([
    'rediss://me:pw@a:1/0',
    'rediss://me:pw@b:2/0',
  ])
})

test('is parsed into user, host and path', () => {
  expect(parseRedisUrl('rediss://visage:p%40ss,word@a,[::1]:7001/1')).toEqual({
    tls: true,
    username: 'visage',
    password: 'p@ss,word',
    hosts: [
      { host: 'a', port: undefined },
      { host: '::1', port: 7001 },
    ],
    path: '/1',
  })
})

test('missing parts are absent', () => {
  expect(parseRedisUrl('redis://redis')).toEqual({
    tls: false,
    username: undefined,
    password: undefined,
    hosts: [{ host: 'redis', port: undefined }],
    path: '',
  })
})
