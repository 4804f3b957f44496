import type { ConnectionOptions } from 'node:tls'
import { Redis } from 'ioredis'
import type { Environment } from '../world.ts'
import { Authority } from './certificates.ts'

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

/** TLS alone, and nobody without a certificate: as Redis has it where it is turned on. */
export function encrypted(dir: string): Transport {
  const authority = new Authority(dir)
  const server = authority.sign('server', 'IP:127.0.0.1')
  const { cert, key } = authority.sign('client', 'DNS:client')
  return {
    scheme: 'rediss',
    tls: { ca: authority.cert, cert, key },
    env: { REDIS_CA: authority.cert, REDIS_CERT: cert, REDIS_KEY: key },
    lines: (port) => `
port 0
tls-port ${port}
tls-cert-file ${server.certFile}
tls-key-file ${server.keyFile}
tls-ca-cert-file ${authority.certFile}
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
