import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { withDefault } from '@visage/shared/config/setting'
import ipaddr from 'ipaddr.js'
import type { Middleware } from 'koa'

type Address = ipaddr.IPv4 | ipaddr.IPv6
/** An address and its prefix length in bits. */
type Network = [Address, number]

/** The client of a request, according to the connection and the trusted proxies. */
export interface Client {
  readonly address: string
  /** The address; for IPv6 its /64 network, because one subscriber has at least a /64 (RFC 6177). */
  readonly network: string
  readonly https: boolean
  /** True if the connection comes from a trusted proxy, whose headers the API believes. */
  readonly proxied: boolean
}

const networks = {
  format: 'none, or a comma-separated list of IP addresses and networks, such as 10.0.0.7,fd00::/8',
  parse: (text: string): readonly Network[] | undefined => {
    if (text === 'none') return []
    const list = text.split(',').map((entry) => parseNetwork(entry.trim()))
    return list.every((network) => network !== undefined) ? list : undefined
  },
}

export const proxySettings = {
  trustedProxies: withDefault(
    'TRUSTED_PROXIES',
    networks,
    'none',
    'Proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and `traceparent` headers the API trusts. Set it if a proxy or load balancer is in front of the API. Without it, all anonymous clients behind the proxy share one rate limit.',
  ),
} as const

/** Sets `ctx.state.client`. Koa's `ctx.ip` and `ctx.protocol` do not fit: `app.proxy` trusts every proxy or none. */
export function clientAddress(trusted: readonly Network[]): Middleware {
  return (ctx, next) => {
    ctx.state.client = clientOf(ctx.req, trusted)
    return next()
  }
}

/**
 * Finds the client of a request. Each proxy appends the address of its peer to X-Forwarded-For. The client is therefore
 * the rightmost address that is not a trusted proxy; the client may have forged every address to the left of it.
 * The search stops at the first entry that is not an address.
 */
export function clientOf(req: IncomingMessage, trusted: readonly Network[]): Client {
  const peer = peers.get(req.socket) ?? identifyPeer(req.socket, trusted)
  return isProxy(peer) ? clientBehind(peer, req, trusted) : peer
}

/** The peer of a connection: a client, which is the same for each request, or the address of a trusted proxy. */
type Peer = Client | Address

const peers = new WeakMap<Socket, Peer>()

const DIRECT = { https: false, proxied: false }

const isProxy = (peer: Peer): peer is Address => 'kind' in peer

function identifyPeer(socket: Socket, trusted: readonly Network[]): Peer {
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
    const previous = parseAddress((hops.pop() ?? '').trim())
    if (!previous) break
    client = previous
  }
  const proto = `${headers['x-forwarded-proto'] ?? ''}`.trim().toLowerCase()
  return clientAt(client, { https: proto === 'https', proxied: true })
}

/** @param address undefined if the connection is already closed */
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

/** Converts IPv4-mapped IPv6 (`::ffff:10.0.0.7`) to IPv4. Rejects forms such as `0x7f.1`. */
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
