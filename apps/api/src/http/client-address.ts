import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { withDefault } from '@visage/shared/config/setting'
import ipaddr from 'ipaddr.js'
import type { Middleware } from 'koa'

type Address = ipaddr.IPv4 | ipaddr.IPv6
/** An address, and how many of its first bits count. */
type Network = [Address, number]

/** Who is at the other end, as far as the connection and trusted proxies say. */
export interface Client {
  readonly address: string
  /** The same, but of an IPv6 address its /64, which is what one subscriber has: RFC 6177. */
  readonly network: string
  readonly https: boolean
  /** Whether the other end of the connection is a trusted proxy, whose headers say what is so. */
  readonly proxied: boolean
}

const networks = {
  format: 'none, or a list, with commas, of addresses and networks, such as 10.0.0.7,fd00::/8',
  parse: (text: string): readonly Network[] | undefined => {
    if (text === 'none') return []
    const list = text.split(',').map((one) => parseNetwork(one.trim()))
    return list.every((network) => network !== undefined) ? list : undefined
  },
}

export const proxySettings = {
  trustedProxies: withDefault(
    'TRUSTED_PROXIES',
    networks,
    'none',
    'the proxies whose X-Forwarded-For, X-Forwarded-Proto and traceparent are believed',
  ),
} as const

/** Makes `ctx.state.client`. Koa's own `ctx.ip` and `ctx.protocol` know no proxies: `app.proxy` believes them all. */
export function clientAddress(trusted: readonly Network[]): Middleware {
  return (ctx, next) => {
    ctx.state.client = clientOf(ctx.req, trusted)
    return next()
  }
}

/**
 * Each proxy adds whom it saw at the right: the first address from there that is no trusted proxy is
 * the client, and whatever stands left of it may be its invention. What is no address ends the walk.
 */
export function clientOf(req: IncomingMessage, trusted: readonly Network[]): Client {
  const peer = peers.get(req.socket) ?? meet(req.socket, trusted)
  return isProxy(peer) ? clientBehind(peer, req, trusted) : peer
}

/** A connection's other end: a client, of which each request says the same, or a trusted proxy. */
type Peer = Client | Address

const peers = new WeakMap<Socket, Peer>()

const DIRECT = { https: false, proxied: false }

const isProxy = (peer: Peer): peer is Address => 'kind' in peer

function meet(socket: Socket, trusted: readonly Network[]): Peer {
  const address = parseAddress(socket.remoteAddress ?? '')
  const peer = address && isTrusted(address, trusted) ? address : clientAt(address, DIRECT)
  peers.set(socket, peer)
  return peer
}

function clientBehind(
  proxy: Address,
  { headers }: IncomingMessage,
  trusted: readonly Network[],
): Client {
  let client = proxy
  const hops = `${headers['x-forwarded-for'] ?? ''}`.split(',')
  while (isTrusted(client, trusted)) {
    const before = parseAddress((hops.pop() ?? '').trim())
    if (!before) break
    client = before
  }
  const proto = `${headers['x-forwarded-proto'] ?? ''}`.trim().toLowerCase()
  return clientAt(client, { https: proto === 'https', proxied: true })
}

/** @param address of a connection that is gone there is none */
function clientAt(
  address: Address | undefined,
  connection: Pick<Client, 'https' | 'proxied'>,
): Client {
  return {
    address: address?.toString() ?? '',
    network: address ? networkOf(address) : '',
    ...connection,
  }
}

function networkOf(address: Address): string {
  return address instanceof ipaddr.IPv6
    ? `${address.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : address.toString()
}

const isTrusted = (address: Address, trusted: readonly Network[]) =>
  trusted.some((network) => isIn(address, network))

const isIn = (address: Address, network: Network) =>
  address.kind() === network[0].kind() && address.match(network)

/** IPv4 inside IPv6 (`::ffff:10.0.0.7`) is IPv4. Forms such as `0x7f.1` are no addresses here. */
function parseAddress(text: string): Address | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
    ? ipaddr.process(text)
    : undefined
}

function parseNetwork(text: string): Network | undefined {
  const address = parseAddress(text)
  if (address) return [address, address.kind() === 'ipv4' ? 32 : 128]
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text)
    ? ipaddr.parseCIDR(text)
    : undefined
}
