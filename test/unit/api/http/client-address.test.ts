import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { clientOf, proxySettings } from '../../../../apps/api/src/http/client-address.ts'

const { parse } = proxySettings.trustedProxies
const TRUSTED = parse('10.0.0.0/8,192.0.2.7,fd00::/8') ?? []

function clientFrom(peer: string | undefined, headers: IncomingMessage['headers'] = {}) {
  return clientOf({ socket: { remoteAddress: peer }, headers } as IncomingMessage, TRUSTED)
}
const throughProxy = (forwarded: string) =>
  clientFrom('10.0.0.1', { 'x-forwarded-for': forwarded }).address

test.each([
  ['whom the proxy saw', '203.0.113.5', '203.0.113.5'],
  [
    'the first from the right that is no trusted proxy',
    '1.1.1.1, 203.0.113.5, 192.0.2.7',
    '203.0.113.5',
  ],
  ['the first proxy, if all are', '10.0.0.9, 10.0.0.8', '10.0.0.9'],
  ['found in an IPv4-mapped address', '203.0.113.5, ::ffff:10.0.0.8', '203.0.113.5'],
  ['found with IPv6', '2001:DB8::0:1, fd00::8', '2001:db8::1'],
  ['the proxy where it says nothing', '', '10.0.0.1'],
  ['the proxy where it says what is no address', 'unknown', '10.0.0.1'],
  ['the proxy where it adds a port', '203.0.113.5:4711', '10.0.0.1'],
  ['the last good one before nonsense', '203.0.113.5, _hidden, 10.0.0.8', '10.0.0.8'],
  ['the last good one before a gap', '203.0.113.5,, 10.0.0.8', '10.0.0.8'],
  ['no number in disguise', '0x7f000001', '10.0.0.1'],
])('the client is %s', (_, forwarded, client) => {
  expect(throughProxy(forwarded)).toBe(client)
})

test('headers of an untrusted peer are ignored', () => {
  const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
  const untrusted = { https: false, proxied: false }
  const client = { address: '203.0.113.9', network: '203.0.113.9', ...untrusted }
  expect(clientFrom('203.0.113.9', headers)).toEqual(client)
  expect(clientFrom('::ffff:203.0.113.9', headers)).toEqual(client)
  expect(clientFrom(undefined, headers)).toEqual({ address: '', network: '', ...untrusted })
})

test('headers of a trusted proxy are used', () => {
  expect(clientFrom('10.0.0.1').proxied).toBe(true)
  expect(clientFrom('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.5' }).proxied).toBe(true)
})

test.each([
  ['https', true],
  ['HTTPS', true],
  ['http', false],
  ['https, http', false],
  ['httpss', false],
  [undefined, false],
])('a trusted proxy that says %s: https is %s', (proto, https) => {
  expect(
    clientFrom('10.0.0.1', { 'x-forwarded-proto': proto } as IncomingMessage['headers']).https,
  ).toBe(https)
})

test('an IPv6 client is its /64', () => {
  expect(clientFrom('2001:db8:1:2:3:4:5:6').network).toBe('2001:db8:1:2::/64')
  expect(clientFrom('fe80::1%eth0').network).toBe('fe80:0:0:0::/64')
})

test.each(['none', '10.0.0.7', '10.0.0.0/8, ::1', 'fd00::/8,192.0.2.0/24'])(
  'the setting may be %s',
  (text) => {
    expect(parse(text)).toBeDefined()
  },
)

test.each([
  'localhost',
  '10.0.0.0/33',
  '10.0.0',
  '0x0a.0.0.1',
  '10.0.0.7,',
  '::/129',
  '10.0.0.7 10.0.0.8',
])('the setting may not be %s', (text) => {
  expect(parse(text)).toBeUndefined()
})
