import type { Agent } from 'node:http'
import { Client } from 'minio'
import { createAgent, createTransport } from './transport.ts'

export interface StorageSettings {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly bucket: string
  readonly region: string
  /** `false`: the bucket is part of the host name. Default: the bucket is in the path. */
  readonly pathStyle?: boolean
  /** Trusted certificate authorities, as PEM. Default: those of Node. */
  readonly ca?: string | undefined
  readonly encryption?: Encryption | undefined
}

/** Server-side encryption that is requested for each object. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms'
  readonly keyId?: string | undefined
}

export interface StorageClient {
  readonly minio: Client
  readonly agent: Agent
}

/** @param timeout timeout of one request, in milliseconds */
export function createStorageClient(settings: StorageSettings, timeout: number): StorageClient {
  const url = new URL(settings.endpoint)
  const agent = createAgent(url.protocol, settings.ca)
  const minio = new Client({
    endPoint: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    useSSL: url.protocol === 'https:',
    accessKey: settings.accessKey,
    secretKey: settings.secretKey,
    region: settings.region,
    pathStyle: settings.pathStyle ?? true,
    transport: createTransport(url.protocol, timeout),
    transportAgent: agent,
    retryOptions: { disableRetry: true },
  })
  return { minio, agent }
}
