import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { Redis } from 'ioredis'
import type { Environment } from '../../world/world.ts'
import { Authority } from '../authority.ts'

/** Transport to a Redis or a Sentinel: plain TCP or TLS. */
export interface Transport {
  readonly scheme: 'redis' | 'rediss'
  /** Options of a client in the test. */
  readonly tls?: ConnectionOptions
  /** Settings of an app, besides the URL. */
  readonly env: Environment
  /** Server configuration for this port. */
  lines(port: number): string
}

export const plain: Transport = { scheme: 'redis', env: {}, lines: () => '' }

/**
 * TLS only, with required client certificates: the default of Redis with TLS.
 * @param openssl full path of the program
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

/** Creates a client that waits until its server is available. */
export function connect(port: number, password: string, { tls }: Transport): Redis {
  const client = new Redis({ host: '127.0.0.1', port, password, ...(tls ? { tls } : {}) })
  client.on('error', () => {})
  return client
}
