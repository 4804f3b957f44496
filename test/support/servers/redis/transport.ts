import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { Redis } from 'ioredis'
import type { Environment } from '../../world/world.ts'
import { Authority } from '../authority.ts'

/** How a Redis or a Sentinel is spoken to. */
export interface Transport {
  readonly scheme: 'redis' | 'rediss'
  /** What a client of the test's own needs. */
  readonly tls?: ConnectionOptions
  /** The settings for an app, beside the address. */
  readonly env: Environment
  /** What the configuration of a server on this port says of it. */
  lines(port: number): string
}

export const plain: Transport = { scheme: 'redis', env: {}, lines: () => '' }

/**
 * TLS alone, and nobody without a certificate: as Redis has it where it is turned on.
 * @param openssl the program's full path
 */
export function encrypted(openssl: string, dir: string): Transport {
  const authority = new Authority(openssl, dir, 'authority')
  const server = authority.issue('server', 'IP:127.0.0.1')
  const { cert, key } = authority.issue('client', 'DNS:client')
  return {
    scheme: 'rediss',
    tls: { ca: authority.pem, cert: readFileSync(cert), key: readFileSync(key) },
    env: { REDIS_CA: authority.pem, REDIS_CERT: cert, REDIS_KEY: key },
    lines: (port) => `
port 0
tls-port ${port}
tls-cert-file ${server.cert}
tls-key-file ${server.key}
tls-ca-cert-file ${authority.path}
tls-replication yes
tls-cluster yes
`,
  }
}

/** A client of the test's own, which waits until its server is there. */
export function connect(port: number, password: string, { tls }: Transport): Redis {
  const client = new Redis({ host: '127.0.0.1', port, password, ...(tls ? { tls } : {}) })
  client.on('error', () => {})
  return client
}
