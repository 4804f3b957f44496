import { createSecretKey, randomBytes } from 'node:crypto'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSender, type Send } from '../../apps/worker/src/webhook/send.ts'
import { LoopbackServer } from '../support/http/loopback-server.ts'

let server: LoopbackServer

beforeAll(async () => {
  server = await LoopbackServer.start()
  server.answer = (res) => res.writeHead(204).end()
})
beforeEach(() => void server.requests.splice(0))
afterAll(() => server.stop())

function to(url: string, allowPrivate: boolean): Send {
  const keys = [createSecretKey(randomBytes(32))]
  return createSender({ url: new URL(url), keys, timeout: 5000, allowPrivate })
}

const port = () => new URL(server.origin).port

describe('the worker does not connect to an address of this machine', () => {
  const names = {
    'as it is': '127.0.0.1',
    'by a name that leads to it': 'localhost',
    'as one number': '2130706433',
    'in hexadecimal': '0x7f.1',
    'IPv4 inside IPv6': '[::ffff:127.0.0.1]',
    'as any address': '0.0.0.0',
  }

  test.each(Object.entries(names))('%s, unless it is allowed', async (_, host) => {
    const url = `http://${host}:${port()}/`
    await expect(to(url, false)('id', '{}')).rejects.toThrow('not allowed')
    expect(server.requests).toEqual([])
    expect(await to(url, true)('id', '{}')).toBe(204)
    expect(server.requests).toHaveLength(1)
  })

  test.each(['127.0.0.1', 'localhost', '[::1]'])('with https: %s', async (host) => {
    await expect(to(`https://${host}:${port()}/`, false)('id', '{}')).rejects.toThrow('not allowed')
    expect(server.requests).toEqual([])
  })
})

/** Fake resolver for names that the system does not know. */
function resolve(...addresses: string[]) {
  const all = addresses.map((address) => ({ address, family: 4 }))
  const lookup = vi.spyOn(dns, 'lookup')
  lookup.mockImplementation(((_: string, __: object, done: (e: null, all: object) => void) =>
    done(null, all)) as unknown as typeof dns.lookup)
  syncBuiltinESMExports()
  return {
    lookup,
    [Symbol.dispose]() {
      lookup.mockRestore()
      syncBuiltinESMExports()
    },
  }
}

test('a name with a public address and a local one is refused', async () => {
  using resolved = resolve('192.0.66.2', '127.0.0.1')
  const url = `http://two-faced.example:${port()}/`
  await expect(to(url, false)('id', '{}')).rejects.toThrow('127.0.0.1')
  expect(resolved.lookup).toHaveBeenCalledTimes(1)
  expect(server.requests).toEqual([])
})

test('a name is resolved for each attempt, and the checked address is used', async () => {
  using resolved = resolve('127.0.0.1')
  const url = `http://rebound.example:${port()}/`
  const allowed = to(url, true)
  for (const _ of [1, 2]) expect(await allowed('id', '{}')).toBe(204)
  await expect(to(url, false)('id', '{}')).rejects.toThrow('not allowed')
  expect(resolved.lookup).toHaveBeenCalledTimes(3)
})

/** One address of each network that is not public. */
const special = {
  'this network': '0.1.2.3',
  private: '10.0.0.1',
  'private, the second': '172.31.255.255',
  'private, the third': '192.168.1.1',
  'of a provider’s NAT': '100.64.0.1',
  loopback: '127.255.255.254',
  'link-local, where clouds keep their credentials': '169.254.169.254',
  multicast: '224.0.0.1',
  broadcast: '255.255.255.255',
  'for benchmarks': '198.18.0.1',
  'IPv6 any': '[::]',
  'IPv6 loopback': '[::1]',
  'IPv6 unique local': '[fd00::1]',
  'IPv6 link-local': '[fe80::1]',
  'IPv6 multicast': '[ff02::1]',
  'IPv4 private inside IPv6': '[::ffff:10.0.0.1]',
  'IPv4 private through NAT64': '[64:ff9b::a00:1]',
  'IPv4 private through 6to4': '[2002:a00:1::]',
}

test.each(Object.entries(special))(
  'the worker does not connect to a special network: %s',
  async (_, host) => {
    for (const scheme of ['http', 'https'])
      await expect(to(`${scheme}://${host}:${port()}/`, false)('id', '{}')).rejects.toThrow(
        'not allowed',
      )
  },
)

test('a redirect to this machine is not followed', async () => {
  const other = await LoopbackServer.start()
  server.answer = (res) => res.writeHead(302, { Location: other.origin }).end()
  expect(await to(server.origin, true)('id', '{}')).toBe(302)
  expect(other.requests).toEqual([])
  server.answer = (res) => res.writeHead(204).end()
  await other.stop()
})
